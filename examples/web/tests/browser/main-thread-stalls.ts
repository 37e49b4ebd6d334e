// How long a page answers nobody.

import type { Page } from "playwright-core";

/** Watches a page from now on; what it returns tells the longest standstill, in milliseconds. */
export async function standstills(page: Page): Promise<() => Promise<number>> {
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
