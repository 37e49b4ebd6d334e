// A client's view of its room, kept current by the server's messages.

import { ownAttributes, saidAgain } from "./attributes";
import type { Attributes } from "./attributes";
import { GROUND_CONTROL } from "./generated";
import type {
  ClientInfo,
  Heard,
  HistoryText,
  JoinBody,
  JoinedBody,
  MuteRequestedBody,
  RoomUpdatedBody,
  SessionClient,
} from "./generated";

/** Returns the members that have a value: null says the same as a missing member. */
const withoutNulls = (body: RoomUpdatedBody): Partial<JoinedBody> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));

/** The last `joined`, the roster and the waiting room, with all changes since. */
export class RoomState {
  #joined: JoinedBody;
  #clients = new Map<string, SessionClient>();
  #waiting = new Map<string, ClientInfo>();
  #history: readonly HistoryText[] = [];
  #reconnectIn: number | null = null;
  /** The attributes that this client has set itself, and sets again where they are lost. */
  #own: Attributes = {};

  constructor(joined: JoinedBody) {
    this.#joined = joined;
    this.update(joined);
  }

  /** The last `joined`, with the changes since. */
  get joined(): JoinedBody {
    return this.#joined;
  }

  /** The members of the room by id, in order of joining. */
  get clients(): ReadonlyMap<string, SessionClient> {
    return this.#clients;
  }

  /**
   * The waiting clients by id, in order of arrival; empty unless this client is a moderator.
   */
  get waiting(): ReadonlyMap<string, ClientInfo> {
    return this.#waiting;
  }

  /** The texts to the room from before this client joined, the oldest first. */
  get history(): readonly HistoryText[] {
    return this.#history;
  }

  /** The attributes of the room. */
  get attributes(): Attributes {
    return this.#joined.attributes ?? {};
  }

  /** Returns whether a request to mute comes from a member that may ask (rule CLIENT-38). */
  believes({ by }: MuteRequestedBody): boolean {
    return by === GROUND_CONTROL || (this.#clients.get(by)?.role ?? "guest") !== "guest";
  }

  /** Returns the requests that set attributes again, before `update` is called. */
  toSayAgain(joined: JoinedBody): ReturnType<typeof saidAgain> {
    const before = { own: this.#own, room: this.attributes, clients: this.#clients };
    return saidAgain(before, joined);
  }

  /**
   * Returns the `reconnect_in` of `going-away`, once, because it concerns one connection only.
   */
  takeReconnectIn(): number | null {
    const reconnectIn = this.#reconnectIn;
    this.#reconnectIn = null;
    return reconnectIn;
  }

  /**
   * Applies the `joined` of a new connection; it has a roster unless the session was resumed.
   */
  update(joined: JoinedBody): void {
    this.#joined = joined.resumed ? { ...joined, attributes: this.attributes } : joined;
    this.#reconnectIn = null;
    this.#history = joined.history ?? this.#history;
    if (joined.clients) {
      this.#clients = new Map(joined.clients.map((client) => [client.id, client]));
      this.#waiting = new Map((joined.waiting ?? []).map((client) => [client.id, client]));
      if (joined.reason === "overflow") {
        this.#own = ownAttributes(this.#clients.get(joined.id)); // the server has kept them
      }
    }
  }

  /** Applies a message of the server. */
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
        this.#joined = { ...this.#joined, ...withoutNulls(message.data) };
        break;
      case "client-waiting":
        this.#waiting.set(message.data.id, message.data);
        break;
      case "client-waiting-left":
        this.#waiting.delete(message.data.id);
        break;
      case "text-removed": {
        const { sender, id = null } = message.data;
        this.#history = this.#history.filter(
          (text) => text.sender !== sender || (id !== null && text.id !== id),
        );
        break;
      }
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
    this.#own = ownAttributes(client);
    this.#joined = { ...this.#joined, role: client.role };
    if (client.role === "guest") this.#waiting.clear();
  }

  /**
   * Returns the body of a `join` that resumes this session or, failing that, joins as before.
   */
  resumeBody(join: JoinBody, received: number): JoinBody {
    const me = this.#clients.get(this.#joined.id);
    const resume = { session: this.#joined.session, received };
    return me ? { ...join, username: me.username, resume } : { ...join, resume };
  }
}
