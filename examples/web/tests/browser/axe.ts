// Accessibility checks with axe (WCAG 2.2, levels A and AA, and best practices).

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf-8",
);

/** Returns the accessibility violations of a page, and where they are. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ help, nodes }) =>
    nodes.map(({ target }) => `${help}: ${target.join(" ")}`),
  );
}
