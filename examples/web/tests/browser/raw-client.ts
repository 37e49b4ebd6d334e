// A client without a browser that sends exactly what its test says.

import { WebSocket } from "ws";
import { GROUND_CONTROL, SUBPROTOCOL } from "../../src/camus-client/generated";
import type { JoinBody, JoinedBody } from "../../src/camus-client/generated";

export interface RawClient {
  readonly socket: WebSocket;
  readonly joined: JoinedBody;
  /** Sends a message. */
  send(message: object): void;
}

/** Joins a room of the server at this port; confirms nothing and replies to nobody. */
export async function joinAsRawClient(port: number, join: JoinBody): Promise<RawClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, [SUBPROTOCOL], {
    perMessageDeflate: false,
  });
  const say = (message: object): void => socket.send(JSON.stringify(message));
  let isIn = false;
  const joined = await new Promise<JoinedBody>((entered, failed) => {
    socket.on("open", () =>
      say({ type: "join", receiver: GROUND_CONTROL, id: "join", data: join }),
    );
    socket.on("message", (data: Buffer) => {
      const { type, data: body } = JSON.parse(data.toString("utf-8")) as {
        type: string;
        data: unknown;
      };
      if (type === "joined") {
        isIn = true;
        entered(body as JoinedBody);
      }
      if (type !== "error" || isIn) return;
      socket.terminate(); // otherwise it would still count as a connection of the address
      failed(new Error(JSON.stringify(body)));
    });
    socket.on("close", (code) => failed(new Error(`closed with ${code}`)));
    socket.on("error", failed);
  });
  return { socket, joined, send: say };
}
