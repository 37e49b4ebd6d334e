// Lets a server that only has the core profile look like one of the session profile.
//
// In the core profile a client is let in by connecting, hears whole rosters, and nothing is
// counted or resumed. Above this wire it looks as if it had said `join` and heard deltas, and
// as if the server confirmed each message when it is written.

import type { Clock } from "./clock";
import { isCounted, read } from "./frames";
import { GROUND_CONTROL, LIMITS, ROOM, SUBPROTOCOL } from "./generated";
import type * as m from "./generated";
import { renewIn } from "./ice-servers";
import type { Wire, WireListener } from "./transport";

/** No server has it: who resumes with it is a newcomer. */
const NO_SESSION = "the-core-profile-knows-no-sessions";

type Servers = readonly m.IceServer[];
type Clients = readonly m.ClientInfo[];

type Phase =
  | { readonly at: "outside"; readonly join: m.Join | null; readonly me: string | null }
  | {
      readonly at: "asking";
      readonly join: m.Join;
      readonly me: string;
      servers: Servers | null;
      room: m.RoomInfoBody | null;
      readonly held: string[];
    }
  | { readonly at: "inside"; clients: Clients };

/** A wire of the session profile on top of one of the core profile. */
export class CoreWire implements Wire {
  readonly #lower: Wire;
  readonly #asked: m.Said[] = [];
  #phase: Phase = { at: "outside", join: null, me: null };
  #sent = 0;
  #stopRenewing: () => void = () => undefined;

  constructor(
    open: (listener: WireListener) => Wire,
    readonly listener: WireListener,
    readonly clock: Clock,
  ) {
    this.#lower = open({
      opened: () => listener.opened(SUBPROTOCOL),
      heard: (frame) => this.#hear(frame),
      closed: (code, noPlace) => {
        this.#stopRenewing();
        listener.closed(code, noPlace);
      },
    });
  }

  cut(): void {
    this.#stopRenewing();
    this.#lower.cut();
  }

  // What is said to it --------------------------------------------------------------------

  send(frame: string): void {
    const message = JSON.parse(frame) as m.Said; // the session has written it
    if (message.type === "join") {
      if (this.#phase.at === "outside") this.#phase = { ...this.#phase, join: message };
      return this.#askIfGreeted();
    }
    if (message.type === "ack") return;
    if (message.type === "create-room" || message.type === "list-rooms") {
      const data = { code: "unknown-type", message: "this server has no sessions" };
      this.#answer(message, { type: "error", data });
    } else {
      if (message.type === "get-room-info" || message.type === "get-ice-servers") {
        this.#asked.push(message);
      }
      this.#lower.send(frame);
      if (message.type === "profile") this.#answer(message, { type: "done", data: null });
    }
    if (isCounted(message.type)) {
      this.#sent += 1;
      this.#tell({ type: "ack", receiver: ROOM, data: { received: this.#sent } });
    }
  }

  #say(message: m.Said): void {
    this.#lower.send(JSON.stringify(message));
  }

  /** Asks what `joined` has to say, when the server knows the client, and it has said `join`. */
  #askIfGreeted(): void {
    if (this.#phase.at !== "outside") return;
    const { join, me } = this.#phase;
    if (!join || me === null) return;
    this.#phase = { at: "asking", join, me, servers: null, room: null, held: [] };
    const { username } = join.data;
    if (username) this.#say({ type: "profile", receiver: GROUND_CONTROL, data: { username } });
    this.#say({ type: "get-ice-servers", receiver: GROUND_CONTROL });
    this.#say({ type: "get-room-info", receiver: GROUND_CONTROL });
  }

  // What the server says ------------------------------------------------------------------

  #hear(frame: string): void {
    const heard = read(frame);
    if (heard.kind === "message" && heard.message.sender === GROUND_CONTROL) {
      const { message } = heard;
      switch (message.type) {
        case "greeting":
          if (this.#phase.at === "outside")
            this.#phase = { ...this.#phase, me: message.receiver };
          return this.#askIfGreeted();
        case "room-info":
          this.#answerFirst("get-room-info", message);
          return this.#hearRoster(message.data);
        case "ice-servers":
          return this.#hearServers(message);
        case "error":
          return this.#hearError(message, frame);
        case "ping":
        case "pong":
          return this.listener.heard(frame);
        default:
      }
    }
    if (this.#phase.at === "asking") this.#phase.held.push(frame);
    if (this.#phase.at === "inside") this.listener.heard(frame);
  }

  #hearError(error: m.Heard & m.Error, frame: string): void {
    if (this.#phase.at === "inside") return this.listener.heard(frame);
    if (this.#phase.at === "outside" || error.data.code === "invalid-username") {
      const { join } = this.#phase;
      if (join) this.#answer(join, { type: "error", data: error.data });
    } else {
      this.#phase.servers ??= []; // the only other question that may be refused
      this.#enterIfAnswered();
    }
  }

  #hearServers({ data }: m.IceServers): void {
    this.#stopRenewing();
    const seconds = renewIn(data, this.clock.now());
    if (seconds !== null) {
      this.#stopRenewing = this.clock.after(seconds, () =>
        this.#say({ type: "get-ice-servers", receiver: GROUND_CONTROL }),
      );
    }
    if (this.#phase.at === "asking") {
      this.#phase.servers = data;
      this.#enterIfAnswered();
    } else if (!this.#answerFirst("get-ice-servers", { type: "ice-servers", data })) {
      this.#tell({ type: "ice-servers", receiver: ROOM, data });
    }
  }

  #hearRoster(room: m.RoomInfoBody): void {
    if (this.#phase.at === "asking") {
      this.#phase.room = room;
      this.#enterIfAnswered();
    } else if (this.#phase.at === "inside") {
      const before = this.#phase.clients;
      this.#phase.clients = room.clients;
      for (const change of changes(before, room.clients)) this.#tell(change);
    }
  }

  #enterIfAnswered(): void {
    if (this.#phase.at !== "asking") return;
    const { join, me, servers, room, held } = this.#phase;
    if (!servers || !room) return;
    this.#phase = { at: "inside", clients: room.clients };
    this.#answer(join, {
      type: "joined",
      data: {
        id: me,
        room_id: room.room_id,
        role: "guest",
        session: NO_SESSION,
        resumed: false,
        reason: join.data.resume ? "unknown" : null,
        clients: room.clients.map(asGuest),
        ice_servers: servers,
        limits: LIMITS,
        capabilities: [],
        locked: false, // who speaks the core profile enters open rooms only
      },
    });
    for (const frame of held) this.listener.heard(frame);
  }

  /** Answers the first question of this type, if there is one. */
  #answerFirst(type: "get-room-info" | "get-ice-servers", answer: Answer): boolean {
    const index = this.#asked.findIndex((question) => question.type === type);
    const [question] = index < 0 ? [] : this.#asked.splice(index, 1);
    if (question) this.#answer(question, answer);
    return question !== undefined;
  }

  #answer({ id }: m.Said, { type, data }: Answer): void {
    this.#hand({ type, data, receiver: ROOM, reply_to: id ?? null });
  }

  #tell(message: m.Ack | m.IceServers | Change): void {
    this.#hand(message);
  }

  #hand(message: object): void {
    this.listener.heard(JSON.stringify({ sender: GROUND_CONTROL, ...message }));
  }
}

type Answer = Pick<m.Joined | m.Error | m.Done | m.RoomInfo | m.IceServers, "type" | "data">;
type Change = m.ClientJoined | m.ClientLeft | m.ClientUpdated;

const asGuest = ({ id, username }: m.ClientInfo): m.SessionClient => ({
  id,
  username,
  role: "guest",
});

/** Returns what has changed from one roster to the next. */
function changes(before: Clients, after: Clients): Change[] {
  const old = new Map(before.map(({ id, username }) => [id, username]));
  const current = new Set(after.map(({ id }) => id));
  const left = before.filter(({ id }) => !current.has(id));
  const joined = after.filter(({ id }) => !old.has(id));
  const renamed = after.filter(({ id, username }) => old.has(id) && old.get(id) !== username);
  return [
    ...left.map(({ id }): Change => ({
      type: "client-left",
      receiver: ROOM,
      data: { id, reason: "gone" },
    })),
    ...joined.map((client): Change => ({
      type: "client-joined",
      receiver: ROOM,
      data: asGuest(client),
    })),
    ...renamed.map((client): Change => ({
      type: "client-updated",
      receiver: ROOM,
      data: asGuest(client),
    })),
  ];
}
