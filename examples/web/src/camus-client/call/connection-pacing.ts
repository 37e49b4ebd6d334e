// How fast peer connections are made, whatever others do.
//
// Each costs a page some milliseconds, and Chromium 156 gives a page 478 of them, of which those
// that are closed count until they are collected, which may take half a minute. A member that
// leaves and comes again is served at once a few times, as when it loads its page anew; then
// twice as late each time. All together are made at a pace at which a browser keeps up; who was
// served least often comes first, so that nobody who comes and goes keeps others waiting.

import type { Clock } from "../clock";

/** So many times in a row a member is served at once; each is forgiven after so many seconds. */
const IMMEDIATE_ATTEMPTS = 3;
const FORGIVE_SECONDS = 30;

/** The first delay after that, in seconds; the longest is as often as one is forgiven. */
const FIRST_DELAY = 1;

/**
 * Connections that are made at once, and a second beyond that. The first bound is for a browser's
 * hands: each costs it up to 100 ms on a busy machine, in which the page answers nobody. The
 * second is for its memory: a large room at once, then a quarter of what Chromium collects.
 */
const BUCKETS = [
  { burst: 6, perSecond: 10 },
  { burst: 64, perSecond: 4 },
] as const;

/** Seconds: what is missing by a rounding is there then. */
const SHORTEST_TIMER = 0.001;

/** Who has gone is remembered, or going would be a way to be forgiven. */
const MOST_REMEMBERED = 1024;

/** What may be made at the moment, by one of the bounds. */
interface TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
  readonly units: number;
  readonly at: number;
}

interface History {
  readonly served: number;
  readonly at: number;
}

/** Says when a connection with a member may be made. */
export class ConnectionPacer {
  /** Whoever was served last is last. */
  readonly #histories = new Map<string, History>();
  /** From when on each of those who wait may be served. */
  readonly #waiting = new Map<string, number>();
  #buckets: readonly TokenBucket[];
  #stop: () => void = () => undefined;

  /** @param serve - called when the turn of a member that waits has come. */
  constructor(
    readonly clock: Clock,
    readonly serve: (id: string) => void,
  ) {
    const at = clock.now();
    this.#buckets = BUCKETS.map((bound) => ({ ...bound, units: bound.burst, at }));
  }

  /** Tells whether a member may be served now; if not, it waits for its turn. */
  tryAcquire(id: string): boolean {
    if (this.#waiting.has(id)) return false;
    const due = this.#dueOf(id);
    if (due <= this.clock.now() && this.#available() >= 1) {
      this.#recordServed(id);
      return true;
    }
    this.#wait(id, due);
    return false;
  }

  /** It could not be done: its turn comes again after so many seconds. */
  postpone(id: string, seconds: number): void {
    this.#wait(id, this.clock.now() + seconds);
  }

  /** A member waits no more. */
  cancel(id: string): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#stop();
  }

  #wait(id: string, due: number): void {
    this.#waiting.set(id, due);
    this.#arm();
  }

  #arm(): void {
    this.#stop();
    if (this.#waiting.size === 0) return;
    const now = this.clock.now();
    const untilUnit = Math.max(
      ...this.#buckets.map((one) => (1 - unitsIn(one, now)) / one.perSecond),
    );
    const untilDue = Math.min(...this.#waiting.values()) - now;
    this.#stop = this.clock.after(Math.max(untilUnit, untilDue, SHORTEST_TIMER), () =>
      this.#serveDue(),
    );
  }

  #serveDue(): void {
    const now = this.clock.now();
    const due = [...this.#waiting].filter(([, from]) => from <= now).map(([id]) => id);
    due.sort((one, other) => this.#recentlyServed(one) - this.#recentlyServed(other));
    for (const id of due.slice(0, Math.floor(this.#available()))) {
      if (!this.#waiting.delete(id)) continue;
      this.#recordServed(id);
      this.serve(id);
    }
    this.#arm();
  }

  #recordServed(id: string): void {
    const history = { served: this.#recentlyServed(id) + 1, at: this.clock.now() };
    this.#histories.delete(id);
    this.#histories.set(id, history);
    this.#buckets = this.#buckets.map((one) => ({
      ...one,
      units: unitsIn(one, history.at) - 1,
      at: history.at,
    }));
    const [oldest] = this.#histories.keys();
    if (this.#histories.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#histories.delete(oldest);
    }
  }

  #dueOf(id: string): number {
    const served = this.#recentlyServed(id);
    const { at } = this.#histories.get(id) ?? { at: 0 };
    if (served <= IMMEDIATE_ATTEMPTS - 1) return at;
    return at + Math.min(FIRST_DELAY * 2 ** (served - IMMEDIATE_ATTEMPTS), FORGIVE_SECONDS);
  }

  #recentlyServed(id: string): number {
    const history = this.#histories.get(id);
    if (!history) return 0;
    return Math.max(0, history.served - (this.clock.now() - history.at) / FORGIVE_SECONDS);
  }

  #available(): number {
    const now = this.clock.now();
    return Math.min(...this.#buckets.map((one) => unitsIn(one, now)));
  }
}

const unitsIn = ({ burst, perSecond, units, at }: TokenBucket, now: number): number =>
  Math.min(burst, units + (now - at) * perSecond);
