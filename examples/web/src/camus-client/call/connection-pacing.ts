// How fast peer connections are made, whatever others do.
//
// Each costs a page some milliseconds, and Chromium 156 gives a page 478 of them, of which those
// that are closed count until they are collected, which may take half a minute. A member that
// leaves and comes again is served at once a few times, as when it loads its page anew; then
// twice as late each time. All together are made at a pace at which a browser keeps up; who was
// served least often comes first, so that nobody who comes and goes keeps others waiting.

import type { Clock } from "../clock";

/** So many times in a row a member is served at once; each is forgiven after so many seconds. */
const AT_ONCE = 3;
const FORGIVEN_AFTER = 30;

/** The first delay after that, in seconds; the longest is as often as one is forgiven. */
const FIRST_DELAY = 1;

/**
 * Connections that are made at once, and a second beyond that. The first bound is for a browser's
 * hands: each costs it up to 100 ms on a busy machine, in which the page answers nobody. The
 * second is for its memory: a large room at once, then a quarter of what Chromium collects.
 */
const BOUNDS = [
  { burst: 6, perSecond: 10 },
  { burst: 64, perSecond: 4 },
] as const;

/** Seconds: what is missing by a rounding is there then. */
const SOONEST = 0.001;

/** Who has gone is remembered, or going would be a way to be forgiven. */
const MOST_REMEMBERED = 1024;

/** What may be made at the moment, by one of the bounds. */
interface Spare {
  readonly burst: number;
  readonly perSecond: number;
  readonly connections: number;
  readonly at: number;
}

interface History {
  readonly served: number;
  readonly at: number;
}

/** Says when a connection with a member may be made. */
export class Pace {
  /** Whoever was served last is last. */
  readonly #histories = new Map<string, History>();
  /** From when on each of those who wait may be served. */
  readonly #waiting = new Map<string, number>();
  #spares: readonly Spare[];
  #stop: () => void = () => undefined;

  /** @param serve - called when the turn of a member that waits has come. */
  constructor(
    readonly clock: Clock,
    readonly serve: (id: string) => void,
  ) {
    const at = clock.now();
    this.#spares = BOUNDS.map((bound) => ({ ...bound, connections: bound.burst, at }));
  }

  /** Tells whether a member may be served now; if not, it waits for its turn. */
  ask(id: string): boolean {
    if (this.#waiting.has(id)) return false;
    const due = this.#dueOf(id);
    if (due <= this.clock.now() && this.#spareNow() >= 1) {
      this.#count(id);
      return true;
    }
    this.#wait(id, due);
    return false;
  }

  /** It could not be done: its turn comes again after so many seconds. */
  putOff(id: string, seconds: number): void {
    this.#wait(id, this.clock.now() + seconds);
  }

  /** A member waits no more. */
  withdraw(id: string): void {
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
    const untilSpare = Math.max(
      ...this.#spares.map((one) => (1 - spareIn(one, now)) / one.perSecond),
    );
    const untilDue = Math.min(...this.#waiting.values()) - now;
    this.#stop = this.clock.after(Math.max(untilSpare, untilDue, SOONEST), () => this.#turn());
  }

  #turn(): void {
    const now = this.clock.now();
    const due = [...this.#waiting].filter(([, from]) => from <= now).map(([id]) => id);
    due.sort((one, other) => this.#servedLately(one) - this.#servedLately(other));
    for (const id of due.slice(0, Math.floor(this.#spareNow()))) {
      if (!this.#waiting.delete(id)) continue;
      this.#count(id);
      this.serve(id);
    }
    this.#arm();
  }

  #count(id: string): void {
    const history = { served: this.#servedLately(id) + 1, at: this.clock.now() };
    this.#histories.delete(id);
    this.#histories.set(id, history);
    this.#spares = this.#spares.map((one) => ({
      ...one,
      connections: spareIn(one, history.at) - 1,
      at: history.at,
    }));
    const [oldest] = this.#histories.keys();
    if (this.#histories.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#histories.delete(oldest);
    }
  }

  #dueOf(id: string): number {
    const served = this.#servedLately(id);
    const { at } = this.#histories.get(id) ?? { at: 0 };
    if (served <= AT_ONCE - 1) return at;
    return at + Math.min(FIRST_DELAY * 2 ** (served - AT_ONCE), FORGIVEN_AFTER);
  }

  #servedLately(id: string): number {
    const history = this.#histories.get(id);
    if (!history) return 0;
    return Math.max(0, history.served - (this.clock.now() - history.at) / FORGIVEN_AFTER);
  }

  #spareNow(): number {
    const now = this.clock.now();
    return Math.min(...this.#spares.map((one) => spareIn(one, now)));
  }
}

const spareIn = ({ burst, perSecond, connections, at }: Spare, now: number): number =>
  Math.min(burst, connections + (now - at) * perSecond);
