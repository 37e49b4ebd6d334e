// Detection of sleep, after which a page's connections may be dead without any event.

import { systemClock } from "./clock";
import type { Clock } from "./clock";

/** Calls `woke` whenever the page may have slept, until the returned function is called. */
export type SleepDetector = (woke: () => void) => () => void;

/** The parts of a page whose events indicate sleep. */
export interface ObservedPage {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
}

/** The seconds between two checks whether time has passed unnoticed. */
const TICK_SECONDS = 5;

/** A check this late, in seconds, indicates sleep: closing a laptop's lid causes no event. */
const LATE_SECONDS = 10;

/**
 * Returns a detector that uses the events of a page (HTML, Page Lifecycle): it became visible,
 * returned from the back-forward cache, was resumed, or is online again. It also detects time
 * that has passed unnoticed.
 *
 * @param wallClock - returns UNIX seconds, which advance while a machine sleeps; the monotonic
 *   clock of some browsers doesn't. After a jump of the wall clock a needless check does no
 *   harm.
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

/** The detector of the current page; outside a browser it never fires. */
export const pageSleepDetector: SleepDetector = sleepDetectorOf(
  typeof window === "undefined" || typeof document === "undefined"
    ? null
    : { window, document },
);
