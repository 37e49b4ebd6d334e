// Somebody without a browser who says more than anybody can read.

import { setTimeout } from "node:timers/promises";
import { Session } from "../../src/camus-client";
import type { SendableMessage } from "../../src/camus-client/frames";
import { openNodeWire } from "../node-transport";

/** Messages at once, and milliseconds between: 2,500 a second, fifty times what a server lets through. */
const BURST = 250;
const PAUSE = 100;

export class Flooder {
  private constructor(
    readonly session: Session,
    readonly id: string,
  ) {}

  static async joins(port: number, roomId: string, username: string): Promise<Flooder> {
    const session = new Session({
      url: `ws://127.0.0.1:${port}/ws`,
      join: { room_id: roomId, username },
      openTransport: openNodeWire,
    });
    const { id } = await session.join();
    return new Flooder(session, id);
  }

  /** Says all of these, as fast as the server takes them and a line of its own carries them. */
  async says(messages: Iterable<SendableMessage>): Promise<void> {
    let said = 0;
    for (const message of messages) {
      while (!this.session.send(message)) await this.#confirmed();
      said += 1;
      if (said % BURST === 0) await setTimeout(PAUSE);
    }
  }

  /** Writes so many short texts to the room. */
  async writes(count: number): Promise<void> {
    await this.says(
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
