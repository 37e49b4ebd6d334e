// A TCP proxy that cuts connections at once, or after a number of bytes.

import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /**
   * Returns the number of bytes, in both directions together, after which the next connection
   * is cut.
   */
  nextCut: () => number = () => Infinity;
  /** The number of connections cut so far. */
  cuts = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      let left = this.nextCut();
      const carry = (from: Socket, to: Socket): void => {
        this.#sockets.add(from);
        from.on("data", (bytes: Buffer) => {
          if (bytes.length >= left) {
            to.write(bytes.subarray(0, left)); // the rest is lost
            this.cuts += 1;
            client.resetAndDestroy();
            server.resetAndDestroy();
            left = 0;
            return;
          }
          left -= bytes.length;
          to.write(bytes);
        });
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.on("end", () => to.end());
      };
      carry(client, server);
      carry(server, client);
    });
  }

  static async start(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    await new Promise<void>((ready) => proxy.#server.listen(0, "127.0.0.1", ready));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts all connections now. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((closed) => this.#server.close(closed));
  }
}
