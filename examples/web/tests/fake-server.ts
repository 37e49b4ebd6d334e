// A fake server controlled by a test, which records the messages that it receives.

import { GROUND_CONTROL, LIMITS, SUBPROTOCOL } from "../src/camus-client/generated";
import type { JoinedBody, Said } from "../src/camus-client/generated";
import type { HandshakeRefusal } from "../src/camus-client/handshake-refusal";
import type { OpenTransport, TransportListener } from "../src/camus-client/transport";

export const ME = "a".repeat(32);
export const TED = "b".repeat(32);

/** One connection to the fake server. */
export class FakeConnection {
  readonly received: Said[] = [];
  isAborted = false;

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
    readonly listener: TransportListener,
  ) {}

  /** Accepts the connection. */
  accept(protocol: string = SUBPROTOCOL): this {
    this.listener.opened(protocol);
    return this;
  }

  /** Sends a message of the server. */
  send(type: string, data: unknown = null, more: object = {}): this {
    return this.relay(GROUND_CONTROL, type, data, more);
  }

  /** Relays a message of another client. */
  relay(sender: string, type: string, data: unknown = null, more: object = {}): this {
    this.listener.received(JSON.stringify({ sender, receiver: ME, type, data, ...more }));
    return this;
  }

  /** Admits the client, or resumes its session. */
  admit(changes: Partial<JoinedBody> = {}): this {
    return this.send("joined", { ...JOINED, ...changes }, { reply_to: "join" });
  }

  close(code: number, refusal?: HandshakeRefusal): void {
    this.listener.closed(code, refusal);
  }

  /** The types of the received messages, in order. */
  get receivedTypes(): string[] {
    return this.received.map(({ type }) => type);
  }
}

export const JOINED: JoinedBody = {
  id: ME,
  room_id: "lobby",
  role: "guest",
  session: "first-session",
  resumed: false,
  ice_servers: [],
  limits: LIMITS,
  capabilities: [],
  locked: false,
  clients: [{ id: ME, username: "Bill", role: "guest" }],
};

/** The connections to the fake server, and the function that opens them. */
export class FakeServer {
  readonly connections: FakeConnection[] = [];

  readonly open: OpenTransport = (url, protocols, listener) => {
    const connection = new FakeConnection(url, protocols, listener);
    this.connections.push(connection);
    return {
      send: (frame) => {
        if (!connection.isAborted) connection.received.push(JSON.parse(frame) as Said);
      },
      abort: () => (connection.isAborted = true),
    };
  };

  /** The newest connection. */
  get last(): FakeConnection {
    const last = this.connections.at(-1);
    if (!last) throw new Error("nobody has connected");
    return last;
  }
}
