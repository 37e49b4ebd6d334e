// Detection of stalls: times in which a page's main thread doesn't respond.

import type { Page } from "playwright-core";

/** Observes a page; the returned function returns its longest stall in milliseconds. */
export async function observeStalls(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const watch = { stood: 0 };
    Object.assign(globalThis, { standstills: watch });
    let before = performance.now();
    setInterval(() => {
      watch.stood = Math.max(watch.stood, performance.now() - before);
      before = performance.now();
    }, 20);
  });
  return () =>
    page.evaluate(
      () => (globalThis as unknown as { standstills: { stood: number } }).standstills.stood,
    );
}
