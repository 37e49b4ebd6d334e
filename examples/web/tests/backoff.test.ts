// The delays before reconnecting: neither zero again and again, nor unlimited, whatever the
// server says.

import { expect, test, vi } from "vitest";
import {
  delayAfterEnd,
  delayAfterRefusal,
  DEFAULT_RECONNECT_POLICY,
} from "../src/camus-client/backoff";
import { systemClock } from "../src/camus-client/clock";

const patience = { ...DEFAULT_RECONNECT_POLICY, jitter: (most: number) => most };

test.each([
  [-5, 0],
  [-1e308, 0],
  [7, 7],
  [1e308, 3600],
  [Infinity, 3600],
  ["soon" as unknown as number, 0],
])("a server's delay of %s seconds means %s", (advised, seconds) => {
  const end = { code: 1012, retryAfter: null, reconnectIn: advised };
  expect(delayAfterEnd(end, 0, patience)).toBe(seconds);
  expect(delayAfterRefusal(advised, patience)).toBe(seconds + patience.firstDelay);
});

test("a timer longer than browsers support doesn't fire at once", () => {
  vi.useFakeTimers();
  const act = vi.fn();
  const stop = systemClock.after(1e300, act);
  vi.advanceTimersByTime(86_400_000);
  expect(act).not.toHaveBeenCalled();
  stop();
  vi.useRealTimers();
});
