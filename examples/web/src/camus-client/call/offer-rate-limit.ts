// How often a peer has its offers answered: each answer is a message that the server counts, so
// that whoever offers without an end would otherwise use up what its peer may say to others.

import type { Clock } from "../clock";

/** Offers that are answered at once: whoever switches everything on and off makes fewer. */
const BURST = 16;

/** A second, beyond that: with the names of its tracks an answer is two messages. */
const PER_SECOND = 2;

/** Gives one peer its turns. */
export class OfferRateLimit {
  #units = BURST;
  #at: number;

  constructor(readonly clock: Clock) {
    this.#at = clock.now();
  }

  /** Waits for the next turn, and takes it. */
  async acquire(): Promise<void> {
    const now = this.clock.now();
    this.#units = Math.min(BURST, this.#units + (now - this.#at) * PER_SECOND) - 1;
    this.#at = now;
    if (this.#units >= 0) return;
    const wait = -this.#units / PER_SECOND;
    await new Promise<void>((come) => this.clock.after(wait, come));
  }
}
