// A client without a browser that sends more messages than anyone can read.

import { setTimeout } from "node:timers/promises";
import { Session } from "../../src/camus-client";
import type { SendableMessage } from "../../src/camus-client/frames";
import { openNodeTransport } from "../node-transport";

/**
 * The messages sent at once, and the pause in ms: 2,500 a second, fifty times the server's
 * default limit.
 */
const BURST = 250;
const PAUSE = 100;

export class FloodingClient {
  private constructor(
    readonly session: Session,
    readonly id: string,
  ) {}

  static async joins(port: number, roomId: string, username: string): Promise<FloodingClient> {
    const session = new Session({
      url: `ws://127.0.0.1:${port}/ws`,
      join: { room_id: roomId, username },
      openTransport: openNodeTransport,
    });
    const { id } = await session.join();
    return new FloodingClient(session, id);
  }

  /** Sends all messages, as fast as the server accepts them. */
  async sends(messages: Iterable<SendableMessage>): Promise<void> {
    let said = 0;
    for (const message of messages) {
      while (!this.session.send(message)) await this.#confirmed();
      said += 1;
      if (said % BURST === 0) await setTimeout(PAUSE);
    }
  }

  /** Sends so many short texts to the room. */
  async sendsTexts(count: number): Promise<void> {
    await this.sends(
      Array.from({ length: count }, (_, n) => ({
        type: "text" as const,
        receiver: "room",
        data: { text: `Line ${n + 1} of ${count}` },
      })),
    );
  }

  async leaves(): Promise<void> {
    await this.session.leave();
  }

  #confirmed(): Promise<void> {
    return new Promise((heard) => {
      const stop = this.session.on("confirmed", () => {
        stop();
        heard();
      });
    });
  }
}
