// A clock that tests control.

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

  /** The number of pending timers. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Advances the time without running timers, then runs those that are overdue. */
  advanceAsleep(seconds: number): void {
    this.#now += seconds;
    this.advance(0);
  }

  /** Advances the time, and runs all timers that are due, in order. */
  advance(seconds: number): void {
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
