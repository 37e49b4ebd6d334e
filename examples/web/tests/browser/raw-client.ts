// A client that does as its test says, without a browser and without manners.

import { WebSocket } from "ws";
import { GROUND_CONTROL, SUBPROTOCOL } from "../../src/camus-client/generated";
import type { JoinBody, JoinedBody } from "../../src/camus-client/generated";

export interface Visitor {
  readonly socket: WebSocket;
  readonly joined: JoinedBody;
  /** Says something. */
  say(message: object): void;
}

/** Joins a room of the server at this port; confirms nothing and answers nobody. */
export async function visit(port: number, join: JoinBody): Promise<Visitor> {
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
      socket.terminate(); // else it goes on to take a place of the address
      failed(new Error(JSON.stringify(body)));
    });
    socket.on("close", (code) => failed(new Error(`closed with ${code}`)));
    socket.on("error", failed);
  });
  return { socket, joined, say };
}
