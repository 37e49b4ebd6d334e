// The library's source of time and timers, so that tests can control it.

/** A clock with timers. All durations are in seconds. */
export interface Clock {
  /** Returns UNIX seconds that never jump. */
  now(): number;
  /** Calls `act` once after so many seconds, unless the returned function is called before. */
  after(seconds: number, act: () => void): () => void;
}

/** Milliseconds, some 24 days: browsers fire a longer timer at once (HTML standard). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) / 1000,
  after(seconds, act) {
    const timer = setTimeout(act, Math.min(seconds * 1000, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};
