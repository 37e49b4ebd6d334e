// When a client comes back after its connection has ended, if at all.

import { CLOSE_CODES, OTHER_CLOSE_CODES } from "./generated";
import type { Reconnect } from "./generated";

/** How patiently a client comes back. Durations are seconds. */
export interface ReconnectPolicy {
  /** The first try comes within this time, which doubles with each try. */
  readonly firstDelay: number;
  /** No try comes later than this after the one before. */
  readonly longestDelay: number;
  /** It attempts for so long after it has lost its connection; null is for ever. */
  readonly giveUpAfter: number | null;
  /**
   * Draws a number between 0 and the one given. All of a delay is drawn, so that those who
   * lost one server together don't come back together.
   */
  readonly jitter: (most: number) => number;
}

export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  firstDelay: 0.5,
  longestDelay: 30,
  giveUpAfter: null,
  jitter: (most) => Math.random() * most,
};

/** A server that says more, or less than nothing, is mistaken; seconds. */
const LONGEST_ADVISED_DELAY = 3600;

/** How a connection has ended. */
export interface ConnectionEnd {
  /** The close code; 1006 where it just broke. */
  readonly code: number;
  /** What the server's last word before it said, if that was an `error`. */
  readonly retryAfter: number | null;
  /** What `going-away` said. */
  readonly reconnectIn: number | null;
}

/** More would only make numbers larger than a double. */
const MOST_DOUBLINGS = 16;

/** Returns what a client does after a connection was closed with this code. */
export function reconnectAdvice(code: number): Reconnect {
  const inRange = OTHER_CLOSE_CODES.find(({ first, last }) => first <= code && code <= last);
  return CLOSE_CODES[code]?.reconnect ?? inRange?.reconnect ?? "no";
}

/** Returns the delay after a connection has ended, or null for not to come back. */
export function delayAfterEnd(
  end: ConnectionEnd,
  attempts: number,
  policy: ReconnectPolicy,
): number | null {
  const advised = reconnectAdvice(end.code);
  if (advised === "no") return null;
  if (advised === "retry-after" && end.retryAfter !== null) {
    return delayAfterRefusal(end.retryAfter, policy);
  }
  // The server spreads its clients by itself; and backing off begins soon.
  return end.reconnectIn === null
    ? delayAfterFailure(attempts, policy)
    : bounded(end.reconnectIn);
}

/** Returns the delay after the server has refused a `join`, or null where waiting won't help. */
export function delayAfterRefusal(
  retryAfter: number | null,
  policy: ReconnectPolicy,
): number | null {
  return retryAfter === null ? null : bounded(retryAfter) + policy.jitter(policy.firstDelay);
}

const bounded = (seconds: number): number =>
  seconds > 0 ? Math.min(seconds, LONGEST_ADVISED_DELAY) : 0;

function delayAfterFailure(
  attempts: number,
  { firstDelay, longestDelay, jitter }: ReconnectPolicy,
): number {
  return jitter(Math.min(longestDelay, firstDelay * 2 ** Math.min(attempts, MOST_DOUBLINGS)));
}
