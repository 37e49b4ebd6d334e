// A TCP proxy between browsers and a server that can be turned off and on.

import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

export class NetworkProxy {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #port = 0;

  /** `prefix` is a path that is removed from each request, as reverse proxies often do. */
  private constructor(target: number, prefix: string) {
    this.#server = createServer((client) => {
      const server = connect(target, "127.0.0.1");
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
      client.once("data", (head: Buffer) => {
        // Each connection carries one request.
        server.write(head.toString("latin1").replace(` ${prefix}/`, " /"), "latin1");
        client.pipe(server);
      });
      server.pipe(client);
    });
  }

  static async to(target: number, prefix = ""): Promise<NetworkProxy> {
    const network = new NetworkProxy(target, prefix);
    await network.start();
    return network;
  }

  get port(): number {
    return this.#port;
  }

  /** Breaks all connections, and refuses new ones. */
  async stop(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /**
   * Silently drops all traffic on open connections, like a router that has lost its state. New
   * connections work.
   */
  dropOpenConnections(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.resume();
    }
  }

  /** Accepts connections again, on the same port. */
  async start(): Promise<void> {
    await new Promise<void>((ready) => this.#server.listen(this.#port, "127.0.0.1", ready));
    this.#port = (this.#server.address() as AddressInfo).port;
  }
}
