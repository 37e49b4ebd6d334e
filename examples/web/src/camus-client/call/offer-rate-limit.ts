// Limits the rate at which the offers of one peer are answered. Each answer counts against this
// client's message limit at the server, so a peer that sends offers endlessly would use up what
// the client may send to others.

import type { Clock } from "../clock";

/** Offers that are answered at once: more than a user causes by toggling every device. */
const BURST = 16;

/** Further offers per second; an answer and its track names are two messages. */
const PER_SECOND = 2;

/** A token bucket for the offers of one peer. */
export class OfferRateLimit {
  #units = BURST;
  #at: number;

  constructor(readonly clock: Clock) {
    this.#at = clock.now();
  }

  /** Waits for one unit and takes it. */
  async acquire(): Promise<void> {
    const now = this.clock.now();
    this.#units = Math.min(BURST, this.#units + (now - this.#at) * PER_SECOND) - 1;
    this.#at = now;
    if (this.#units >= 0) return;
    const wait = -this.#units / PER_SECOND;
    await new Promise<void>((resolve) => this.clock.after(wait, resolve));
  }
}
