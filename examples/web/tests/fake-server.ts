// A server that says what a test tells it to, and remembers what it heard.

import { GROUND_CONTROL, LIMITS, SUBPROTOCOL } from "../src/camus-client/generated";
import type { JoinedBody, Said } from "../src/camus-client/generated";
import type { HandshakeRefusal } from "../src/camus-client/handshake-refusal";
import type { OpenTransport, TransportListener } from "../src/camus-client/transport";

export const ME = "a".repeat(32);
export const TED = "b".repeat(32);

/** One connection to the fake server. */
export class FakeConnection {
  readonly heard: Said[] = [];
  isCut = false;

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
    readonly listener: TransportListener,
  ) {}

  /** Takes the connection. */
  accept(protocol: string = SUBPROTOCOL): this {
    this.listener.opened(protocol);
    return this;
  }

  /** Says something as the server. */
  say(type: string, data: unknown = null, more: object = {}): this {
    return this.relay(GROUND_CONTROL, type, data, more);
  }

  /** Passes on what a client says. */
  relay(sender: string, type: string, data: unknown = null, more: object = {}): this {
    this.listener.received(JSON.stringify({ sender, receiver: ME, type, data, ...more }));
    return this;
  }

  /** Lets the client in, or in again. */
  admit(changes: Partial<JoinedBody> = {}): this {
    return this.say("joined", { ...JOINED, ...changes }, { reply_to: "join" });
  }

  close(code: number, refusal?: HandshakeRefusal): void {
    this.listener.closed(code, refusal);
  }

  /** The types of what was heard, in order. */
  get types(): string[] {
    return this.heard.map(({ type }) => type);
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

/** The connections to the fake server, and what opens them. */
export class FakeServer {
  readonly connections: FakeConnection[] = [];

  readonly open: OpenTransport = (url, protocols, listener) => {
    const connection = new FakeConnection(url, protocols, listener);
    this.connections.push(connection);
    return {
      send: (frame) => {
        if (!connection.isCut) connection.heard.push(JSON.parse(frame) as Said);
      },
      abort: () => (connection.isCut = true),
    };
  };

  /** The newest connection. */
  get last(): FakeConnection {
    const last = this.connections.at(-1);
    if (!last) throw new Error("nobody has connected");
    return last;
  }
}
