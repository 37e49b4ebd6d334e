// A hook for countdowns.

import { useEffect, useState } from "react";
import { systemClock } from "../../camus-client";

/** Returns the seconds until a time, updated every second; 0 once it has passed. */
export function useSecondsUntil(time: number): number {
  const left = (): number => Math.max(0, Math.ceil(time - systemClock.now()));
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((ticks) => ticks + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return left();
}
