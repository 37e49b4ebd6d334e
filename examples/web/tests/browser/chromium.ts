// The browser of the tests: Chromium without a window, with a camera and a microphone of its own.

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

interface Machine {
  /** Whether it has a camera and a microphone. */
  readonly hasDevices?: boolean;
  /** Whether pages may use them. */
  readonly isAllowed?: boolean;
}

/** Starts a browser. */
export function launched(machine: Machine = {}): Promise<Browser> {
  const { hasDevices = true, isAllowed = true } = machine;
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--autoplay-policy=no-user-gesture-required",
      `--use-fake-ui-for-media-stream${isAllowed ? "" : "=deny"}`,
      ...(hasDevices ? ["--use-fake-device-for-media-stream=fps=15"] : []),
      // Who has no camera has no addresses either, but names that multicast resolves.
      "--disable-features=WebRtcHideLocalIpsWithMdns",
    ],
  });
}
