// The session and the call of the page, outside the store: what they tell becomes actions.

import { Call, keptInTab, Refused, ROOM, Session } from "../../camus-client";
import type { Keeper, Kept, Question, SharedState, Status, Told } from "../../camus-client";
import type { Memory } from "../../app/browser-storage";
import { ME } from "../../app/media-streams";
import { messageHeard, messagesFailed } from "../chat/chat-slice";
import { lineIn } from "../chat/parse-message";
import type { LocalMedia, MediaEvents, TrackName } from "../devices/local-media";
import { watchQuality } from "../connection-quality/watch-quality";
import { noticed } from "../notices/notices-slice";
import { memberDoes, tracksChanged } from "../people/people-slice";
import { holdIn, reasonOf } from "./end-reasons";
import type { Member } from "../people/people-slice";
import type { Reason } from "./end-reasons";
import { arrived, connectionLost, joining, sessionEnded, waiting } from "./session-slice";
import { tellOfCall, tellOfSession } from "./event-forwarding";
import type { Listeners } from "./event-forwarding";

/** Which room, as whom, and by what right. */
export interface Entry {
  readonly roomId: string;
  readonly username: string;
  readonly password: string | null;
}

export interface CallServiceParts extends Listeners {
  readonly server: string;
  readonly media: LocalMedia;
  readonly memory: Memory;
}

/** What plays in step: a voice with its face, a screen with its sound. */
const TOGETHER: Readonly<Record<TrackName, "person" | "screen">> = {
  microphone: "person",
  camera: "person",
  screen: "screen",
  "screen-audio": "screen",
};

export class CallService {
  readonly #parts: CallServiceParts;
  readonly #together = { person: new MediaStream(), screen: new MediaStream() };
  #session: Session | null = null;
  #call: Call | null = null;
  #stopWatching: () => void = () => undefined;
  #ownServers: readonly RTCIceServer[] = [];
  /** The place that the page before has left in this tab, until it is taken. */
  #kept: { readonly roomId: string; readonly kept: Kept } | null = null;
  #doing: SharedState = { muted: true, camera: false, screen: false };
  #lines = 0;

  constructor(parts: CallServiceParts) {
    this.#parts = parts;
    parts.media.on("track", (sent) => this.#sendTrack(sent));
    parts.media.on("state", () => this.#lookWhatIsDone());
  }

  // What the app asks for -----------------------------------------------------------------

  /** Tells whether the page before, in this tab, was in this room: its place may be had back. */
  async looksForPlace(roomId: string): Promise<boolean> {
    const kept = await this.#keeperOf(roomId)?.open();
    if (!kept) return false;
    this.#kept = { roomId, kept };
    return kept.session !== null;
  }

  /** Joins; what comes of it, the store is told. */
  join(entry: Entry): void {
    const { roomId, username, password } = entry;
    const ownerToken = this.#parts.memory.ownerTokenOf(roomId);
    const kept = this.#kept?.roomId === roomId ? this.#kept.kept : null;
    this.#kept = null;
    const keeper = kept ? { open: () => Promise.resolve(kept) } : this.#keeperOf(roomId);
    const session = new Session({
      url: this.#parts.server,
      join: {
        room_id: roomId,
        username,
        ...(password !== null && { password }),
        ...(ownerToken !== null && { owner_token: ownerToken }),
      },
      ...(keeper && { keeper }),
      waitsForPlace: true,
    });
    this.#session = session;
    session.on("status", (status) => {
      if (session === this.#session) this.#tellStatus(session, status, entry);
    });
    tellOfSession(session, this.#parts);
    session.on("entered", () => this.#tellOfMe());
    session.on("message", (message) => this.#hear(message));
    this.#call = new Call(session);
    this.#call.useOwnServers(this.#ownServers);
    tellOfCall(this.#call, this.#parts);
    this.#stopWatching();
    this.#stopWatching = watchQuality(this.#call, this.#parts.tell);
    for (const [name, track] of this.#parts.media.tracks) this.#setTrack(name, track);
    this.#call.setState(this.#doing);
    session.join().catch(() => undefined); // its status tells why
  }

  /** Leaves the room, or doesn't come in any more. */
  leave(): void {
    this.#kept?.kept.forget();
    this.#kept = null;
    const session = this.#session;
    if (!session) return;
    this.#finish(session, "left");
    void session.leave(); // nobody waits until the server has said goodbye
  }

  /** Tries at once to come back. */
  comeBackNow(): void {
    this.#session?.comeBackNow();
  }

  /** Uses these STUN and TURN servers from now on, beside those that the server names. */
  useOwnServers(servers: readonly RTCIceServer[]): void {
    this.#ownServers = servers;
    this.#call?.useOwnServers(servers);
  }

  /** Asks the server for something; a refusal is told. */
  ask(question: Question): void {
    this.#session?.request(question).catch((error: unknown) => {
      const code = error instanceof Refused ? error.error.code : "unanswered";
      this.#parts.tell(noticed({ kind: "refused", code }));
    });
  }

  /** Says something to everybody; it is heard again when the room has it. */
  say(text: string): void {
    const me = this.#me;
    if (!this.#session || !me) return;
    this.#lines += 1;
    const id = `line-${Date.now()}-${this.#lines}`;
    const line = lineIn({ sender: me, data: { text } }, this.#named(me), Date.now());
    if (line) this.#parts.tell(messageHeard({ ...line, id, isMine: true, state: "sending" }));
    const isTaken = this.#session.send({ type: "text", receiver: ROOM, id, data: { text } });
    if (!isTaken) this.#parts.tell(messagesFailed([id]));
  }

  // What the session tells ----------------------------------------------------------------

  #tellStatus(session: Session, status: Status, entry: Entry): void {
    const { tell, memory } = this.#parts;
    switch (status.at) {
      case "outside":
        break;
      case "joining":
        tell(joining());
        break;
      case "waiting":
        tell(waiting());
        break;
      case "joined": {
        const isLocked = session.joined?.locked ?? false;
        tell(arrived({ me: status.id, role: status.role, isLocked }));
        break;
      }
      case "away":
        tell(connectionLost({ nextTry: status.nextTry, hold: holdIn(status) }));
        break;
      case "ended": {
        const reason = reasonOf(status.end);
        const isOwner = memory.ownerTokenOf(entry.roomId) !== null;
        if (reason === "not-allowed" && isOwner && !session.joined) {
          // There is another room of this name now: its owner is somebody else.
          memory.setOwnerToken(entry.roomId, null);
          return this.join(entry);
        }
        this.#finish(session, reason);
      }
    }
  }

  #hear(message: Told): void {
    if (message.type !== "text") return;
    const line = lineIn(message, this.#named(message.sender), Date.now());
    if (!line) return;
    const isMine = message.sender === this.#me;
    this.#lines += 1;
    const id = (isMine ? message.id : null) ?? `heard-${this.#lines}`;
    this.#parts.tell(messageHeard({ ...line, id, isMine, state: "sent" }));
  }

  #named(id: string): Member | undefined {
    return this.#parts.state().people.members.find((one) => one.id === id);
  }

  #finish(session: Session, reason: Reason): void {
    this.#session = null;
    this.#stopWatching();
    this.#call?.close();
    this.#call = null;
    if (session.joined) this.#parts.media.stop();
    this.#parts.tell(sessionEnded(reason));
  }

  // What this client sends ----------------------------------------------------------------

  #sendTrack({ name, track }: MediaEvents["track"]): void {
    const { streams, levels } = this.#parts;
    streams.put(`${ME}/${name}`, track);
    if (name === "microphone") levels.watch(ME, track);
    this.#setTrack(name, track);
    this.#tellOfMe();
  }

  #setTrack(name: TrackName, track: MediaStreamTrack | null): void {
    this.#call?.setTrack(name, track, this.#together[TOGETHER[name]]);
  }

  #lookWhatIsDone(): void {
    const { microphone } = this.#parts.media.state;
    const { tracks } = this.#parts.media;
    const doing: SharedState = {
      muted: !(microphone.isOn && tracks.has("microphone")),
      camera: tracks.has("camera"),
      screen: tracks.has("screen"),
    };
    if (JSON.stringify(doing) === JSON.stringify(this.#doing)) return;
    this.#doing = doing;
    this.#call?.setState(doing);
    this.#tellOfMe();
  }

  /** The store knows of this client what it knows of the others. */
  #tellOfMe(): void {
    const id = this.#me;
    if (!id) return;
    const tracks = [...this.#parts.media.tracks.keys()];
    this.#parts.tell(memberDoes({ id, doing: this.#doing }));
    this.#parts.tell(tracksChanged({ id, tracks }));
  }

  get #me(): string | null {
    return this.#session?.joined?.id ?? null;
  }

  /** A page over http, or a browser that blocks storage, keeps nothing. */
  #keeperOf(roomId: string): Keeper | null {
    const { tab } = this.#parts.memory;
    return tab && "locks" in navigator ? keptInTab(`camus:session:${roomId}`, tab) : null;
  }
}
