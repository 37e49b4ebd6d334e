// A clock that a test moves.

import type { Clock } from "../src/camus-client/clock";

interface Timer {
  readonly at: number;
  readonly act: () => void;
}

export class FakeClock implements Clock {
  #now = 1_600_000_000;
  #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(seconds: number, act: () => void): () => void {
    const timer = { at: this.#now + seconds, act };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many things are still to happen. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets so many seconds pass while nothing can happen, and then what was due meanwhile. */
  sleep(seconds: number): void {
    this.#now += seconds;
    this.pass(0);
  }

  /** Lets so many seconds pass, and all happen that is due meanwhile, in order. */
  pass(seconds: number): void {
    const end = this.#now + seconds;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end);
      const next = due.sort((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.act();
    }
    this.#now = end;
  }
}
