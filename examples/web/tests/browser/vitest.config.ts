// The tests in a real browser: `npm run test:browser`, after `npm run build`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/browser/*.browser.ts"],
    fileParallelism: false, // three pages that show three videos are a machine's work
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
