// A peer of another kind: aiortc, in the core profile (tests/interop/media_peer.py).

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const PYTHON = process.env.PYTHON ?? "python";
const TESTS = fileURLToPath(new URL("../../../../tests", import.meta.url));

/** Why there can be no robot, or null where there can. */
export const whyNoRobot: string | null =
  spawnSync(PYTHON, ["-c", "import aiortc, camus_transport"]).status === 0
    ? null
    : `${PYTHON} has no aiortc: install the extra "test", or set PYTHON`;

export class Robot {
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
  static async joins(url: string, name: string): Promise<Robot> {
    const robot = new Robot(url, name);
    await robot.tells("here");
    return robot;
  }

  /** Waits for its next report of a kind, and returns what it says. */
  async tells(kind: "here" | "sees" | "hears"): Promise<string> {
    for (;;) {
      const line = await this.#lines.next();
      if (line.done) throw new Error(`the robot has gone, and has not told what it ${kind}`);
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
