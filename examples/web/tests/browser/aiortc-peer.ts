// A peer implemented with aiortc, which speaks the core profile (tests/interop/media_peer.py).

import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const PYTHON = process.env.PYTHON ?? "python";
const TESTS = fileURLToPath(new URL("../../../../tests", import.meta.url));

export class AiortcPeer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(url: string, name: string) {
    this.#process = spawn(PYTHON, ["-m", "interop.media_peer", url, name], {
      cwd: TESTS,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#process.stdout });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Joins a room, by the URL of its WebSocket. */
  static async joins(url: string, name: string): Promise<AiortcPeer> {
    const peer = new AiortcPeer(url, name);
    await peer.reports("here");
    return peer;
  }

  /** Waits for the peer's next report of this kind, and returns its value. */
  async reports(kind: "here" | "sees" | "hears"): Promise<string> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error(`the peer has gone without reporting what it ${kind}`);
      const report = JSON.parse(line.value) as Record<string, string>;
      if (report[kind] !== undefined) return report[kind];
    }
  }

  async leaves(): Promise<void> {
    const gone = new Promise((ended) => this.#process.once("exit", ended));
    this.#process.stdin.end();
    await gone;
  }
}
