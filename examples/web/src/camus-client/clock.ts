// Time as the library sees it, so that a test can make it pass.

/** Tells the time, and acts later. All durations are seconds. */
export interface Clock {
  /** UNIX seconds that never jump. */
  now(): number;
  /** Acts once after so many seconds, unless the function that it returns was called before. */
  after(seconds: number, act: () => void): () => void;
}

/** Milliseconds, some 24 days: a timer of a browser that is set to more comes at once (HTML). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) / 1000,
  after(seconds, act) {
    const timer = setTimeout(act, Math.min(seconds * 1000, LONGEST_TIMER));
    return () => clearTimeout(timer);
  },
};
