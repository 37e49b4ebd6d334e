// The browser of the tests: headless Chromium with a fake camera and microphone.

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

interface Machine {
  /** Whether there are a camera and a microphone. */
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
      // Without camera permission Chromium hides local addresses behind mDNS names, which need
      // multicast.
      "--disable-features=WebRtcHideLocalIpsWithMdns",
    ],
  });
}
