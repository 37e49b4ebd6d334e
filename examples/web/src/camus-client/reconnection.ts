// When a session reconnects, and when it gives up.

import { delayAfterEnd, delayAfterRefusal, DEFAULT_RECONNECT_POLICY } from "./backoff";
import type { ConnectionEnd, ReconnectPolicy } from "./backoff";
import type { Clock } from "./clock";

/** The seconds after which a connection counts as stable, and the backoff starts anew. */
const STEADY_SECONDS = 10;

/** The attempts to reconnect of one session. All delays are in seconds. */
export class Reconnection {
  readonly #policy: ReconnectPolicy;
  readonly #clock: Clock;
  #attempts = 0;
  #awaySince = 0;

  constructor(policy: Partial<ReconnectPolicy> | undefined, clock: Clock) {
    this.#policy = { ...DEFAULT_RECONNECT_POLICY, ...policy };
    this.#clock = clock;
  }

  /**
   * Counts the time of `giveUpAfter` from now on.
   *
   * @param joinedAt - the time at which the client joined on the connection that has ended.
   */
  begin(joinedAt: number | null = null): void {
    this.#awaySince = this.#clock.now();
    if (joinedAt !== null && this.#awaySince - joinedAt >= STEADY_SECONDS) this.#attempts = 0;
  }

  /** Returns the delay after the end of a connection, or null if the session ends. */
  delayAfterEnd(end: ConnectionEnd): number | null {
    return this.#unlessTooLate(delayAfterEnd(end, this.#attempts, this.#policy));
  }

  /** Returns the delay after a refusal, or null if the session ends. */
  delayAfterRefusal(retryAfter: number | null): number | null {
    return this.#unlessTooLate(delayAfterRefusal(retryAfter, this.#policy));
  }

  #unlessTooLate(delay: number | null): number | null {
    const { giveUpAfter } = this.#policy;
    const last = giveUpAfter === null ? Infinity : this.#awaySince + giveUpAfter;
    return delay === null || this.#clock.now() + delay > last ? null : delay;
  }

  /** Makes the next attempt after a delay; returns a function that cancels it. */
  schedule(delay: number, connect: () => void): () => void {
    this.#attempts += 1;
    return this.#clock.after(delay, connect);
  }
}
