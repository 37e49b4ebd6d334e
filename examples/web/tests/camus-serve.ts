// A real server for tests: the command in CAMUS_SERVE, or `camus-serve`.

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMMAND = process.env.CAMUS_SERVE ?? "camus-serve";

/** The reason why no real server is available, or null if one is. */
export const whyNoServer: string | null =
  spawnSync(COMMAND, ["--version"]).status === 0
    ? null
    : `there is no ${COMMAND}: set CAMUS_SERVE to the command`;

/** A server that can be stopped and restarted, on the same port and database. */
export class CamusServe {
  /** Variables of the server's environment, beside those of this process. */
  variables: Readonly<Record<string, string>> = {};
  readonly #folder = mkdtempSync(join(tmpdir(), "camus-"));
  #process: ChildProcess | null = null;

  private constructor(readonly port: number) {}

  static async start(...options: string[]): Promise<CamusServe> {
    return CamusServe.startWith({}, ...options);
  }

  /** Starts a server with these variables in its environment. */
  static async startWith(
    variables: Readonly<Record<string, string>>,
    ...options: string[]
  ): Promise<CamusServe> {
    const server = new CamusServe(await freePort());
    server.variables = variables;
    await server.run(...options);
    return server;
  }

  async run(...options: string[]): Promise<void> {
    const database = `sqlite:///${join(this.#folder, "camus.db")}`;
    const started = spawn(
      COMMAND,
      ["--port", String(this.port), "--database-url", database, ...options],
      {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, ...this.variables },
      },
    );
    this.#process = started;
    let log = "";
    await new Promise<void>((ready, failed) => {
      started.stderr.on("data", (text: Buffer) => {
        log += text.toString();
        if (log.includes(String(this.port))) ready();
      });
      started.once("exit", (code) => failed(new Error(`camus-serve ended (${code}): ${log}`)));
    });
  }

  /** Stops the server gracefully, as a deployment does. */
  async stop(): Promise<void> {
    const stopped = this.#process;
    if (stopped?.exitCode !== null) return;
    const gone = new Promise((ended) => stopped.once("exit", ended));
    stopped.kill("SIGTERM");
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
