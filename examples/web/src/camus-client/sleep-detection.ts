// When a page may have slept: its connections may be dead, and nobody has told it.

import { systemClock } from "./clock";
import type { Clock } from "./clock";

/** Calls `woke` whenever the page may have slept, until the function returned is called. */
export type SleepDetector = (woke: () => void) => () => void;

/** The parts of a page that tell of sleep. */
export interface ObservedPage {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
}

/** The page looks so often whether time has passed without it, in seconds. */
const TICK_SECONDS = 5;

/** A tick that comes so much too late tells of sleep: a laptop's lid tells no event. */
const LATE_SECONDS = 10;

/**
 * Tells of sleep by the events of a page (HTML, Page Lifecycle): it is visible again, comes out
 * of the back-forward cache, is thawed, or has a network again; and by time that has passed
 * without it.
 *
 * @param wallClock - UNIX seconds, which go on while a machine sleeps; the monotonic clock of
 *   some browsers stands still then. After a jump of the wall clock a probe does no harm.
 */
export function sleepDetectorOf(
  page: ObservedPage | null,
  clock: Clock = systemClock,
  wallClock: () => number = () => Date.now() / 1000,
): SleepDetector {
  if (page === null) return () => () => undefined;
  const { window, document } = page;
  return (woke) => {
    const listening = new AbortController();
    const { signal } = listening;
    const seen = (): void => {
      if (document.visibilityState === "visible") woke();
    };
    document.addEventListener("visibilitychange", seen, { signal });
    document.addEventListener("resume", woke, { signal });
    window.addEventListener("pageshow", woke, { signal });
    window.addEventListener("online", woke, { signal });

    let stopTicking: () => void;
    const tick = (before: number): void => {
      stopTicking = clock.after(TICK_SECONDS, () => {
        const now = wallClock();
        tick(now);
        if (now - before >= TICK_SECONDS + LATE_SECONDS) woke();
      });
    };
    tick(wallClock());
    return () => {
      listening.abort();
      stopTicking();
    };
  };
}

/** Tells of sleep of the page that this code runs in; outside a browser there is none. */
export const pageSleepDetector: SleepDetector = sleepDetectorOf(
  typeof window === "undefined" || typeof document === "undefined"
    ? null
    : { window, document },
);
