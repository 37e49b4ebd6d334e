// The delays before a client reconnects.

import { CLOSE_CODES, ERRORS, OTHER_CLOSE_CODES } from "./generated";
import type { ErrorBody, ErrorCode, Reconnect } from "./generated";

/** A policy for reconnecting. Durations are in seconds. */
export interface ReconnectPolicy {
  /** The upper bound of the first delay; it doubles with each attempt. */
  readonly firstDelay: number;
  /** The upper bound of every delay. */
  readonly longestDelay: number;
  /** The time after which a client that has lost its connection gives up; null means never. */
  readonly giveUpAfter: number | null;
  /**
   * Returns a random number between 0 and `most`. The whole delay is random, so that clients
   * that lost the same server at the same time don't reconnect at the same time.
   */
  readonly jitter: (most: number) => number;
}

export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  firstDelay: 0.5,
  longestDelay: 30,
  giveUpAfter: null,
  jitter: (most) => Math.random() * most,
};

/**
 * The longest delay that a client accepts from a server, in seconds: then it asks again, for a
 * longer one is a mistake, or that of a room which opens later and may be changed meanwhile.
 */
const LONGEST_ADVISED_DELAY = 3600;

/** The end of a connection. */
export interface ConnectionEnd {
  /** The WebSocket close code; 1006 if the connection broke. */
  readonly code: number;
  /** The `retry_after` of the server's last message, if that was an `error`. */
  readonly retryAfter: number | null;
  /** The `reconnect_in` of the server's `going-away`, if it sent one. */
  readonly reconnectIn: number | null;
}

/** Keeps the power of two within the range of a double. */
const MAX_DOUBLINGS = 16;

const closeCodes: Readonly<Record<number, { readonly reconnect: Reconnect }>> = CLOSE_CODES;

/** Returns whether and how a client reconnects after this close code. */
export function reconnectAdvice(code: number): Reconnect {
  const inRange = OTHER_CLOSE_CODES.find(({ first, last }) => first <= code && code <= last);
  return closeCodes[code]?.reconnect ?? inRange?.reconnect ?? "no";
}

/**
 * Returns the delay before reconnecting, in seconds, or null if the client must not reconnect.
 */
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
  // The server spreads its clients over time itself; the client's backoff starts with the next
  // attempt.
  return end.reconnectIn === null
    ? delayAfterFailure(attempts, policy)
    : bounded(end.reconnectIn);
}

/** Returns the delay after a refused `join`, in seconds, or null if waiting won't help. */
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
  return jitter(Math.min(longestDelay, firstDelay * 2 ** Math.min(attempts, MAX_DOUBLINGS)));
}

/** Returns whether an error is the one with which the server closes with this code. */
export const isCauseOf = (code: number, error: ErrorBody | null): boolean =>
  error !== null && error.code in ERRORS && ERRORS[error.code as ErrorCode].close_code === code;
