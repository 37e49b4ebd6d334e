// What axe finds in a page (WCAG 2.2, levels A and AA, and the advice of its authors).

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf-8",
);

/** Returns what may keep somebody from using the page: what is wrong, and where. */
export async function barriersIn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ help, nodes }) =>
    nodes.map(({ target }) => `${help}: ${target.join(" ")}`),
  );
}
