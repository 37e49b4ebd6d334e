// Builds the app into dist; it can be served below any path.
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

/** The server behind `npm run dev` and `npm run preview`. */
const server = process.env.CAMUS ?? "http://localhost:5000";

const proxy = {
  // A server only accepts pages of its own host, so the Origin is rewritten.
  "^/(ws|room/[^/]+/ws)$": {
    target: server,
    ws: true,
    changeOrigin: true,
    rewriteWsOrigin: true,
  },
};

/** Ships the licence of the typeface, as the licence demands. */
const fontLicense: Plugin = {
  name: "font-license",
  generateBundle() {
    const url = new URL("node_modules/@fontsource-variable/inter/LICENSE", import.meta.url);
    const source = readFileSync(url, "utf-8");
    this.emitFile({ type: "asset", fileName: "assets/inter-license.md", source });
  },
};

export default defineConfig({
  base: "./",
  plugins: [react(), fontLicense],
  server: { proxy },
  preview: { proxy },
  build: {
    // The first browsers with light-dark() in CSS, and with Intl.Segmenter.
    target: ["chrome123", "firefox125", "safari17.5"],
    // The server's Content-Security-Policy refuses data: URLs.
    assetsInlineLimit: 0,
    license: { fileName: "assets/licenses.md" },
  },
});
