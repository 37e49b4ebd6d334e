// When a client comes back after its connection has ended, if at all.

import { CLOSE_CODES, OTHER_CLOSE_CODES } from "./generated";
import type { Reconnect } from "./generated";

/** How patiently a client comes back. Durations are seconds. */
export interface Patience {
  /** The first try comes within this time, which doubles with each try. */
  readonly first: number;
  /** No try comes later than this after the one before. */
  readonly longest: number;
  /** It tries for so long after it has lost its connection; null is for ever. */
  readonly giveUpAfter: number | null;
  /**
   * Draws a number between 0 and the one given. All of a delay is drawn, so that those who
   * lost one server together don't come back together.
   */
  readonly jitter: (most: number) => number;
}

export const PATIENCE: Patience = {
  first: 0.5,
  longest: 30,
  giveUpAfter: null,
  jitter: (most) => Math.random() * most,
};

/** A server that says more, or less than nothing, is mistaken; seconds. */
const LONGEST_ADVICE = 3600;

/** How a connection has ended. */
export interface Ending {
  /** The close code; 1006 where it just broke. */
  readonly code: number;
  /** What the server's last word before it said, if that was an `error`. */
  readonly retryAfter: number | null;
  /** What `going-away` said. */
  readonly reconnectIn: number | null;
}

/** More would only make numbers larger than a double. */
const MOST_DOUBLINGS = 16;

const closeCodes: Readonly<Record<number, { readonly reconnect: Reconnect }>> = CLOSE_CODES;

/** Returns what a client does after a connection was closed with this code. */
export function advice(code: number): Reconnect {
  const inRange = OTHER_CLOSE_CODES.find(({ first, last }) => first <= code && code <= last);
  return closeCodes[code]?.reconnect ?? inRange?.reconnect ?? "no";
}

/** Returns the delay after a connection has ended, or null for not to come back. */
export function delayAfterEnd(end: Ending, tries: number, patience: Patience): number | null {
  const advised = advice(end.code);
  if (advised === "no") return null;
  if (advised === "retry-after" && end.retryAfter !== null) {
    return delayAfterRefusal(end.retryAfter, patience);
  }
  // The server spreads its clients by itself; and backing off begins soon.
  return end.reconnectIn === null
    ? delayAfterFailure(tries, patience)
    : believable(end.reconnectIn);
}

/** Returns the delay after the server has refused a `join`, or null where waiting won't help. */
export function delayAfterRefusal(
  retryAfter: number | null,
  patience: Patience,
): number | null {
  return retryAfter === null ? null : believable(retryAfter) + patience.jitter(patience.first);
}

const believable = (seconds: number): number =>
  seconds > 0 ? Math.min(seconds, LONGEST_ADVICE) : 0;

function delayAfterFailure(tries: number, { first, longest, jitter }: Patience): number {
  return jitter(Math.min(longest, first * 2 ** Math.min(tries, MOST_DOUBLINGS)));
}
