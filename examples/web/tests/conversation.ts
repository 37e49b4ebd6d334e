// A session that talks to a fake server, and a record of its events.

import type { SessionEvents } from "../src/camus-client/session-events";
import { Session } from "../src/camus-client/session";
import type { SessionOptions } from "../src/camus-client/session-options";
import { FakeClock } from "./fake-clock";
import type { FakeConnection } from "./fake-server";
import { FakeServer } from "./fake-server";

const NAMES: readonly (keyof SessionEvents)[] = [
  "status",
  "entered",
  "client-joined",
  "client-left",
  "client-updated",
  "room-updated",
  "mute-requested",
  "client-waiting",
  "client-waiting-left",
  "message",
  "ice-servers",
  "server-message",
  "text-removed",
  "undeliverable",
  "refused",
  "expired",
];

export class Conversation {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  readonly session: Session;
  readonly #events: [string, unknown][] = [];

  constructor(options: Partial<SessionOptions> = {}) {
    this.session = new Session({
      url: "ws://localhost/ws",
      join: { room_id: "lobby", username: "Bill" },
      openTransport: this.server.open,
      clock: this.clock,
      ...options,
      reconnect: { jitter: (most) => most, ...options.reconnect },
    });
    for (const name of NAMES)
      this.session.on(name, (event) => this.#events.push([name, event]));
  }

  /** Joins the room; returns the connection. */
  async join(): Promise<FakeConnection> {
    const joining = this.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const connection = this.server.last.accept().admit();
    await joining;
    this.takeEvents();
    return connection;
  }

  /** Returns the events since the previous call. */
  takeEvents(): [string, unknown][] {
    return this.#events.splice(0);
  }
}
