// Detection of stalls: times in which a page's main thread doesn't respond.

import type { Page } from "playwright-core";

/** Milliseconds that `slowness` takes on an idle machine: AMD EPYC, 2 cores, Chromium 156. */
const IDLE = 70;

/** Returns how many times slower than idle this machine is at the moment, at least 1. */
async function slowness(page: Page): Promise<number> {
  const took = await page.evaluate(() => {
    const began = performance.now();
    let sum = 1;
    for (let n = 0; n < 5e7; n += 1) sum = (Math.imul(sum, 31) + n) | 0;
    return performance.now() - began + (sum === 0 ? 1 : 0);
  });
  return Math.max(1, took / IDLE);
}

/**
 * Observes a page; the returned function returns its longest stall in milliseconds of an idle
 * machine. The machine may be shared: a stall counts less while it runs other programs.
 */
export async function observeStalls(page: Page): Promise<() => Promise<number>> {
  const before = await slowness(page);
  await page.evaluate(() => {
    const watch = { stood: 0 };
    Object.assign(globalThis, { stalls: watch });
    let last = performance.now();
    setInterval(() => {
      watch.stood = Math.max(watch.stood, performance.now() - last);
      last = performance.now();
    }, 20);
  });
  return async () => {
    const stood = await page.evaluate(
      () => (globalThis as unknown as { stalls: { stood: number } }).stalls.stood,
    );
    return stood / Math.max(before, await slowness(page));
  };
}
