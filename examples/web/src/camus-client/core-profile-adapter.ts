// Adapts a server that only has the core profile to the session profile.
//
// In the core profile a client is admitted by connecting, receives whole rosters, and nothing
// is counted or resumed. This transport answers the session's `join` itself, turns rosters into
// deltas, and confirms each message as soon as it is written.

import type { Clock } from "./clock";
import { isCounted, parseFrame } from "./frames";
import { GROUND_CONTROL, LIMITS, ROOM, SUBPROTOCOL } from "./generated";
import type * as m from "./generated";
import { secondsUntilRenewal } from "./ice-servers";
import type { Transport, TransportListener } from "./transport";

/** A token that no server knows: resuming with it joins as a newcomer. */
const NO_RESUME_TOKEN = "the-core-profile-knows-no-sessions";

type Clients = readonly m.ClientInfo[];

type Phase =
  | { readonly at: "outside"; readonly join: m.Join | null; readonly me: string | null }
  | {
      readonly at: "entering";
      readonly join: m.Join;
      readonly me: string;
      servers: m.IceServer[] | null;
      room: m.RoomInfoBody | null;
      readonly early: string[];
    }
  | { readonly at: "inside"; clients: Clients };

/** A transport that speaks the session profile, on top of one that speaks the core profile. */
export class CoreProfileAdapter implements Transport {
  readonly #transport: Transport;
  readonly #requests: m.Said[] = [];
  #phase: Phase = { at: "outside", join: null, me: null };
  #sent = 0;
  #stopRenewing: () => void = () => undefined;

  constructor(
    open: (listener: TransportListener) => Transport,
    readonly listener: TransportListener,
    readonly clock: Clock,
  ) {
    this.#transport = open({
      opened: () => listener.opened(SUBPROTOCOL),
      received: (frame) => this.#receive(frame),
      closed: (code, handshakeRefusal) => {
        this.#stopRenewing();
        listener.closed(code, handshakeRefusal);
      },
    });
  }

  abort(): void {
    this.#stopRenewing();
    this.#transport.abort();
  }

  // From the session ----------------------------------------------------------------------

  send(frame: string): void {
    const message = JSON.parse(frame) as m.Said; // written by the session, so it is valid
    if (message.type === "join") {
      if (this.#phase.at === "outside") this.#phase = { ...this.#phase, join: message };
      return this.#requestRoomIfGreeted();
    }
    if (message.type === "ack") return;
    if (message.type === "create-room" || message.type === "list-rooms") {
      const data = { code: "unknown-type", message: "this server has no sessions" };
      this.#reply(message, { type: "error", data });
    } else {
      if (message.type === "get-room-info" || message.type === "get-ice-servers") {
        this.#requests.push(message);
      }
      this.#transport.send(frame);
      if (message.type === "profile") this.#reply(message, { type: "done", data: null });
    }
    if (isCounted(message.type)) {
      this.#sent += 1;
      this.#announce({ type: "ack", receiver: ROOM, data: { received: this.#sent } });
    }
  }

  #sendMessage(message: m.Said): void {
    this.#transport.send(JSON.stringify(message));
  }

  /** Requests the content of `joined`, once the client was greeted and has sent `join`. */
  #requestRoomIfGreeted(): void {
    if (this.#phase.at !== "outside") return;
    const { join, me } = this.#phase;
    if (!join || me === null) return;
    this.#phase = { at: "entering", join, me, servers: null, room: null, early: [] };
    const { username } = join.data;
    if (username)
      this.#sendMessage({ type: "profile", receiver: GROUND_CONTROL, data: { username } });
    this.#sendMessage({ type: "get-ice-servers", receiver: GROUND_CONTROL });
    this.#sendMessage({ type: "get-room-info", receiver: GROUND_CONTROL });
  }

  // From the server -----------------------------------------------------------------------

  #receive(frame: string): void {
    const parsed = parseFrame(frame);
    if (parsed.kind === "message" && parsed.message.sender === GROUND_CONTROL) {
      const { message } = parsed;
      switch (message.type) {
        case "greeting":
          if (this.#phase.at === "outside")
            this.#phase = { ...this.#phase, me: message.receiver };
          return this.#requestRoomIfGreeted();
        case "room-info":
          this.#replyToFirst("get-room-info", message);
          return this.#receiveRoster(message.data);
        case "ice-servers":
          return this.#receiveIceServers(message);
        case "error":
          return this.#receiveError(message, frame);
        case "ping":
        case "pong":
          return this.listener.received(frame);
        default:
      }
    }
    if (this.#phase.at === "entering") this.#phase.early.push(frame);
    if (this.#phase.at === "inside") this.listener.received(frame);
  }

  #receiveError(error: m.Heard & m.Error, frame: string): void {
    if (this.#phase.at === "inside") return this.listener.received(frame);
    if (this.#phase.at === "outside" || error.data.code === "invalid-username") {
      const { join } = this.#phase;
      if (join) this.#reply(join, { type: "error", data: error.data });
    } else {
      this.#phase.servers ??= []; // the only other request that may be refused
      this.#enterIfComplete();
    }
  }

  #receiveIceServers({ data }: m.IceServers): void {
    this.#stopRenewing();
    const seconds = secondsUntilRenewal(data, this.clock.now());
    if (seconds !== null) {
      this.#stopRenewing = this.clock.after(seconds, () =>
        this.#sendMessage({ type: "get-ice-servers", receiver: GROUND_CONTROL }),
      );
    }
    if (this.#phase.at === "entering") {
      this.#phase.servers = data;
      this.#enterIfComplete();
    } else if (!this.#replyToFirst("get-ice-servers", { type: "ice-servers", data })) {
      this.#announce({ type: "ice-servers", receiver: ROOM, data });
    }
  }

  #receiveRoster(room: m.RoomInfoBody): void {
    if (this.#phase.at === "entering") {
      this.#phase.room = room;
      this.#enterIfComplete();
    } else if (this.#phase.at === "inside") {
      const before = this.#phase.clients;
      this.#phase.clients = room.clients;
      for (const change of rosterChanges(before, room.clients)) this.#announce(change);
    }
  }

  #enterIfComplete(): void {
    if (this.#phase.at !== "entering") return;
    const { join, me, servers, room, early } = this.#phase;
    if (!servers || !room) return;
    this.#phase = { at: "inside", clients: room.clients };
    this.#reply(join, {
      type: "joined",
      data: {
        id: me,
        room_id: room.room_id,
        role: "guest",
        session: NO_RESUME_TOKEN,
        resumed: false,
        reason: join.data.resume ? "unknown" : null,
        clients: room.clients.map(asGuest),
        ice_servers: servers,
        limits: LIMITS,
        capabilities: [],
        locked: false, // clients of the core profile can only enter open rooms
      },
    });
    for (const frame of early) this.listener.received(frame);
  }

  /** Replies to the first pending request of this type, and returns whether there was one. */
  #replyToFirst(type: "get-room-info" | "get-ice-servers", reply: Reply): boolean {
    const index = this.#requests.findIndex((request) => request.type === type);
    const [request] = index < 0 ? [] : this.#requests.splice(index, 1);
    if (request) this.#reply(request, reply);
    return request !== undefined;
  }

  #reply({ id }: m.Said, { type, data }: Reply): void {
    this.#deliver({ type, data, receiver: ROOM, reply_to: id ?? null });
  }

  #announce(message: m.Ack | m.IceServers | RosterChange): void {
    this.#deliver(message);
  }

  #deliver(message: object): void {
    this.listener.received(JSON.stringify({ sender: GROUND_CONTROL, ...message }));
  }
}

type Reply = Pick<m.Joined | m.Error | m.Done | m.RoomInfo | m.IceServers, "type" | "data">;
type RosterChange = m.ClientJoined | m.ClientLeft | m.ClientUpdated;

const asGuest = ({ id, username }: m.ClientInfo): m.SessionClient => ({
  id,
  username,
  role: "guest",
});

/** Returns the changes from one roster to the next. */
function rosterChanges(before: Clients, after: Clients): RosterChange[] {
  const old = new Map(before.map(({ id, username }) => [id, username]));
  const current = new Set(after.map(({ id }) => id));
  const left = before.filter(({ id }) => !current.has(id));
  const joined = after.filter(({ id }) => !old.has(id));
  const renamed = after.filter(({ id, username }) => old.has(id) && old.get(id) !== username);
  return [
    ...left.map(({ id }): RosterChange => ({
      type: "client-left",
      receiver: ROOM,
      data: { id, reason: "gone" },
    })),
    ...joined.map((client): RosterChange => ({
      type: "client-joined",
      receiver: ROOM,
      data: asGuest(client),
    })),
    ...renamed.map((client): RosterChange => ({
      type: "client-updated",
      receiver: ROOM,
      data: asGuest(client),
    })),
  ];
}
