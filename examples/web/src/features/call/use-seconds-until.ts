// A countdown, as somebody sees it who waits.

import { useEffect, useState } from "react";
import { systemClock } from "../../camus-client";

/** Returns how many seconds there are until a time, anew with each second; 0 when it is over. */
export function useSecondsUntil(time: number): number {
  const left = (): number => Math.max(0, Math.ceil(time - systemClock.now()));
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((ticks) => ticks + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return left();
}
