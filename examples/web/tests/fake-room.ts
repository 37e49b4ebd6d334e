// A room of calls in one process: what is said waits until the test lets it arrive.

import { Call } from "../src/camus-client/call/call";
import type { CallEvents, CallOptions, CallSession } from "../src/camus-client/call/call";
import { Emitter } from "../src/camus-client/emitter";
import type { SendableMessage } from "../src/camus-client/frames";
import { LIMITS } from "../src/camus-client/generated";
import type { IceServer, JoinedBody, Lost, SessionClient } from "../src/camus-client/generated";
import type { SessionEvents, MemberMessage } from "../src/camus-client/session-events";
import { FakeClock } from "./fake-clock";
import { fakeOpener } from "./fake-peer-connection";
import type { FakePeerConnection } from "./fake-peer-connection";

const member = (id: string): SessionClient => ({ id, username: id, role: "guest" });

/** Something that is on its way; a message that is dropped is reported to its sender. */
interface Arriving {
  readonly arrive: () => void;
  readonly report?: (reason: "full" | "expired") => void;
}

/** One member: its session, its call, and what that has told. */
export class FakeMember implements CallSession {
  readonly events = new Emitter<SessionEvents>();
  readonly opener = fakeOpener();
  readonly told: [keyof CallEvents, unknown][] = [];
  readonly call: Call;
  /** What has not arrived yet. */
  arriving: Arriving[] = [];
  clients = new Map<string, SessionClient>();
  iceServers: readonly IceServer[] = [];
  joined: JoinedBody | null = null;
  /** Whether too much is unconfirmed for another message. */
  isFull = false;

  constructor(
    readonly room: FakeRoom,
    readonly id: string,
    options: CallOptions = {},
  ) {
    const { clock } = room;
    this.call = new Call(this, { openPeerConnection: this.opener.open, clock, ...options });
    for (const name of ["peer", "tracks", "state", "channel", "failed"] as const) {
      this.call.on(name, (event) => this.told.push([name, event]));
    }
  }

  on<Name extends keyof SessionEvents>(
    name: Name,
    listener: (event: SessionEvents[Name]) => void,
  ): () => void {
    return this.events.on(name, listener);
  }

  send(message: SendableMessage): boolean {
    if (this.isFull) return false;
    this.room.relay(this, message);
    return true;
  }

  /** Comes in. */
  join(): this {
    this.joined = {
      id: this.id,
      room_id: "lobby",
      role: "guest",
      session: "session",
      resumed: false,
      ice_servers: [],
      limits: LIMITS,
      capabilities: [],
      locked: false,
    };
    this.room.enter(this);
    this.clients = new Map([...this.room.members.keys()].map((id) => [id, member(id)]));
    this.events.emit("entered", { how: "joined" });
    return this;
  }

  /** Comes back to a session that could not simply go on; what was on its way is lost. */
  rejoin(reason: Lost): void {
    if (reason === "rejoined") {
      this.room.tellOthers(this, (other) => other.leave(this.id, "rejoined"));
      this.room.tellOthers(this, (other) => other.meet(this.id));
    }
    const messages = this.arriving.filter(({ report }) => report);
    this.arriving = this.arriving.filter(({ report }) => !report);
    for (const { report } of messages) report?.(reason === "overflow" ? "full" : "expired");
    this.clients = new Map([...this.room.members.keys()].map((id) => [id, member(id)]));
    this.events.emit("entered", { how: "rejoined", reason, sameId: true });
  }

  /** Hears of a newcomer. */
  meet(id: string): void {
    this.clients.set(id, member(id));
    this.events.emit("client-joined", member(id));
  }

  /** Hears of one who has left. */
  leave(id: string, reason: "left" | "gone" | "rejoined"): void {
    this.clients.delete(id);
    this.events.emit("client-left", { id, reason });
  }

  /** The open connections, in order of making. */
  get connections(): FakePeerConnection[] {
    return this.opener.made.filter(({ signalingState }) => signalingState !== "closed");
  }

  /** The newest peer connection. */
  get last(): FakePeerConnection {
    const last = this.connections.at(-1) ?? this.opener.made.at(-1);
    if (!last) throw new Error("there is no connection");
    return last;
  }

  /** What the last connection receives from a member, by name and kind. */
  receives(from: string): Record<string, string> {
    const tracks = [...this.call.tracksOf(from)];
    return Object.fromEntries(tracks.map(([name, { kind }]) => [name, kind]));
  }
}

export class FakeRoom {
  readonly clock = new FakeClock();
  readonly members = new Map<string, FakeMember>();
  /** The types of all that was said, with the sender. */
  readonly said: string[] = [];
  /** What is not relayed, but reported to the sender. */
  lose: (message: SendableMessage) => boolean = () => false;

  newcomer(id: string, options: CallOptions = {}): FakeMember {
    return new FakeMember(this, id, options);
  }

  enter(who: FakeMember): void {
    this.members.set(who.id, who);
    this.tellOthers(who, (other) => other.meet(who.id));
  }

  /** Somebody leaves. */
  exit(who: FakeMember): void {
    this.members.delete(who.id);
    this.tellOthers(who, (other) => other.leave(who.id, "left"));
    who.call.close();
  }

  tellOthers(who: FakeMember, tell: (other: FakeMember) => void): void {
    for (const other of this.members.values()) {
      if (other !== who) other.arriving.push({ arrive: () => tell(other) });
    }
  }

  relay(sender: FakeMember, message: SendableMessage): void {
    this.said.push(`${sender.id}: ${message.type}`);
    const told = JSON.parse(JSON.stringify({ ...message, sender: sender.id })) as MemberMessage;
    for (const [id, receiver] of this.members) {
      if (message.receiver !== id && message.receiver !== "room") continue;
      const report = (reason: "full" | "expired"): void => {
        const lost = { receiver: id, reason, id: message.id ?? null };
        sender.arriving.push({ arrive: () => sender.events.emit("undeliverable", lost) });
      };
      const arrive = (): void => receiver.events.emit("message", told);
      if (this.lose(message)) report("full");
      else receiver.arriving.push({ arrive, report });
    }
  }

  /** Lets everything arrive, and everybody do what comes of it. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 10; quiet += 1) {
      for (const one of this.members.values()) {
        for (const { arrive } of one.arriving.splice(0)) {
          arrive();
          quiet = 0;
        }
      }
      await new Promise(setImmediate);
    }
  }
}
