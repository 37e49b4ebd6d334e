// Builds the app into dist, for any address that it may be served below.
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

/** Where `npm run dev` and `npm run preview` find a server. */
const server = process.env.CAMUS ?? "http://localhost:5000";

const proxy = {
  // A server lets in the pages that it has served itself: those of its own host.
  "^/(ws|room/[^/]+/ws)$": {
    target: server,
    ws: true,
    changeOrigin: true,
    rewriteWsOrigin: true,
  },
};

/** The licence of the typeface says that it goes where the typeface goes. */
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
    // A data: URL would be refused by the server's Content-Security-Policy.
    assetsInlineLimit: 0,
    license: { fileName: "assets/licenses.md" },
  },
});
