// What a client knows of the room that it is in, kept current by what the server says.

import type { ClientInfo, Heard, JoinBody, JoinedBody, SessionClient } from "./generated";

/** One client's place: what `joined` said, and the changes since. */
export class RoomState {
  #joined: JoinedBody;
  #clients = new Map<string, SessionClient>();
  #waiting = new Map<string, ClientInfo>();
  #reconnectIn: number | null = null;

  constructor(joined: JoinedBody) {
    this.#joined = joined;
    this.update(joined);
  }

  /** The last `joined`, with what has changed since. */
  get joined(): JoinedBody {
    return this.#joined;
  }

  /** Who is in the room, by id, in order of joining. */
  get clients(): ReadonlyMap<string, SessionClient> {
    return this.#clients;
  }

  /** Who waits to be let in, by id, in order of coming, as far as this client may know. */
  get waiting(): ReadonlyMap<string, ClientInfo> {
    return this.#waiting;
  }

  /** Returns what `going-away` said, once: it is about one connection. */
  takeReconnectIn(): number | null {
    const reconnectIn = this.#reconnectIn;
    this.#reconnectIn = null;
    return reconnectIn;
  }

  /** The client is in the room again; when it was not resumed there is a fresh roster. */
  update(joined: JoinedBody): void {
    this.#joined = joined;
    this.#reconnectIn = null;
    if (joined.clients) {
      this.#clients = new Map(joined.clients.map((client) => [client.id, client]));
      this.#waiting = new Map((joined.waiting ?? []).map((client) => [client.id, client]));
    }
  }

  /** Takes note of what the server says. */
  apply(message: Heard): void {
    switch (message.type) {
      case "client-joined":
        this.#putClient(message.data);
        break;
      case "client-updated":
        if (this.#clients.has(message.data.id)) this.#putClient(message.data);
        break;
      case "client-left":
        this.#clients.delete(message.data.id);
        break;
      case "room-updated":
        this.#joined = { ...this.#joined, locked: message.data.locked };
        break;
      case "client-waiting":
        this.#waiting.set(message.data.id, message.data);
        break;
      case "client-waiting-left":
        this.#waiting.delete(message.data.id);
        break;
      case "ice-servers":
        this.#joined = { ...this.#joined, ice_servers: message.data };
        break;
      case "going-away":
        this.#reconnectIn = message.data.reconnect_in;
        break;
      default:
    }
  }

  #putClient(client: SessionClient): void {
    this.#clients.set(client.id, client);
    if (client.id !== this.#joined.id) return;
    this.#joined = { ...this.#joined, role: client.role };
    if (client.role === "guest") this.#waiting.clear();
  }

  /** Returns a `join` that resumes this place, or takes another one as the first did. */
  resumeBody(join: JoinBody, received: number): JoinBody {
    const me = this.#clients.get(this.#joined.id);
    const resume = { session: this.#joined.session, received };
    return me ? { ...join, username: me.username, resume } : { ...join, resume };
  }
}
