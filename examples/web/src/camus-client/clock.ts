// Time as the library sees it, so that a test can make it pass.

/** Tells the time, and acts later. All durations are seconds. */
export interface Clock {
  /** UNIX seconds that never jump. */
  now(): number;
  /** Acts once after so many seconds, unless the function that it returns was called before. */
  after(seconds: number, act: () => void): () => void;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => (performance.timeOrigin + performance.now()) / 1000,
  after(seconds, act) {
    const timer = setTimeout(act, seconds * 1000);
    return () => clearTimeout(timer);
  },
};
