// The network between browsers and a server: a TCP proxy that can be taken away and given back.

import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

export class Network {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #port = 0;

  /** `prefix` is a path that is taken off each request, as reverse proxies are told to do. */
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

  static async to(target: number, prefix = ""): Promise<Network> {
    const network = new Network(target, prefix);
    await network.comesBack();
    return network;
  }

  get port(): number {
    return this.#port;
  }

  /** From now on nothing gets through: what is open breaks, and nobody answers. */
  async goesAway(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /**
   * What is open carries nothing any more, and neither end hears of it, as when a router has
   * forgotten a connection. New ones are carried.
   */
  losesWhatIsOpen(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.resume();
    }
  }

  /** It is there again, at the address that it had. */
  async comesBack(): Promise<void> {
    await new Promise<void>((ready) => this.#server.listen(this.#port, "127.0.0.1", ready));
    this.#port = (this.#server.address() as AddressInfo).port;
  }
}
