// The tests in a real browser: run `npm run test:browser` after `npm run build`.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/browser/*.browser.ts"],
    fileParallelism: false, // one test with several videos uses a whole machine
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
