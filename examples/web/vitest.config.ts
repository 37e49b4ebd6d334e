// The tests without a browser: browser interfaces are replaced by fakes.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["tests/**/*.test.ts"], testTimeout: 20_000 },
});
