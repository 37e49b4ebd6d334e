// Writes a .br and a .gz beside each built file that shrinks, for the server to send as they are.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const SHRINKS = /\.(css|html|js|json|md|svg|webmanifest)$/; // images and fonts are small already

for (const name of readdirSync(DIST, { recursive: true })) {
  if (!SHRINKS.test(name)) continue;
  const content = readFileSync(join(DIST, name));
  writeFileSync(join(DIST, `${name}.br`), brotliCompressSync(content));
  writeFileSync(join(DIST, `${name}.gz`), gzipSync(content, { level: 9 }));
}
