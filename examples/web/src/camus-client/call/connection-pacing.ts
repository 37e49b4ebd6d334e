// Limits the rate at which peer connections are created.
//
// Creating one costs a page some milliseconds, and Chromium 156 allows a page 478 of them;
// closed ones count until they are garbage-collected, which can take half a minute. A member
// that leaves and rejoins is connected immediately a few times, as when its page reloads, and
// then with a delay that doubles each time. Token buckets limit all members together to a rate
// that a browser can sustain. The members connected least often go first, so that one that
// keeps leaving and rejoining delays nobody else.

import type { Clock } from "../clock";

/**
 * The number of immediate connections with one member, and the seconds after which each is
 * forgiven.
 */
const IMMEDIATE_ATTEMPTS = 3;
const FORGIVE_SECONDS = 30;

/**
 * The first delay after that, in seconds. The longest is FORGIVE_SECONDS, the rate of
 * forgiving.
 */
const FIRST_DELAY = 1;

/**
 * The burst and rate of new connections. The first bucket limits CPU load: on a busy machine
 * each connection blocks the page for up to 100 ms. The second limits memory: one large room at
 * once, then a quarter of the rate at which Chromium collects closed connections.
 */
const BUCKETS = [
  { burst: 6, perSecond: 10 },
  { burst: 64, perSecond: 4 },
] as const;

/** The shortest timer, in seconds, so that a rounding error never re-arms a timer at once. */
const SHORTEST_TIMER = 0.001;

/**
 * The number of members whose history is kept after they leave; otherwise leaving would reset
 * the delay.
 */
const MAX_REMEMBERED = 1024;

/** The units left in a token bucket at a certain time. */
interface TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
  readonly units: number;
  readonly at: number;
}

interface ServiceHistory {
  readonly served: number;
  readonly at: number;
}

/** Decides when a connection with a member may be created. */
export class ConnectionPacer {
  /** The history of each member, least recently served first. */
  readonly #histories = new Map<string, ServiceHistory>();
  /** The time from which each queued member may be served. */
  readonly #queue = new Map<string, number>();
  #buckets: readonly TokenBucket[];
  #stop: () => void = () => undefined;

  /** @param serve - called when it is the turn of a queued member. */
  constructor(
    readonly clock: Clock,
    readonly serve: (id: string) => void,
  ) {
    const at = clock.now();
    this.#buckets = BUCKETS.map((bound) => ({ ...bound, units: bound.burst, at }));
  }

  /** Returns whether a member may be served now; if not, queues it. */
  tryAcquire(id: string): boolean {
    if (this.#queue.has(id)) return false;
    const due = this.#dueOf(id);
    if (due <= this.clock.now() && this.#available() >= 1) {
      this.#recordServed(id);
      return true;
    }
    this.#wait(id, due);
    return false;
  }

  /** Queues a member again after a failure, to be served so many seconds later. */
  postpone(id: string, seconds: number): void {
    this.#wait(id, this.clock.now() + seconds);
  }

  /** Removes a member from the queue. */
  cancel(id: string): void {
    this.#queue.delete(id);
    if (this.#queue.size === 0) this.#stop();
  }

  #wait(id: string, due: number): void {
    this.#queue.set(id, due);
    this.#arm();
  }

  #arm(): void {
    this.#stop();
    if (this.#queue.size === 0) return;
    const now = this.clock.now();
    const untilUnit = Math.max(
      ...this.#buckets.map((one) => (1 - unitsIn(one, now)) / one.perSecond),
    );
    const untilDue = Math.min(...this.#queue.values()) - now;
    this.#stop = this.clock.after(Math.max(untilUnit, untilDue, SHORTEST_TIMER), () =>
      this.#serveDue(),
    );
  }

  #serveDue(): void {
    const now = this.clock.now();
    const due = [...this.#queue].filter(([, from]) => from <= now).map(([id]) => id);
    due.sort((one, other) => this.#recentlyServed(one) - this.#recentlyServed(other));
    for (const id of due.slice(0, Math.floor(this.#available()))) {
      if (!this.#queue.delete(id)) continue;
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
    if (this.#histories.size > MAX_REMEMBERED && oldest !== undefined) {
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
