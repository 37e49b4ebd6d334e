// A room of calls in one process; messages wait until the test delivers them.

import type { Attributes } from "../src/camus-client/attributes";
import { Call } from "../src/camus-client/call/call";
import type { CallOptions } from "../src/camus-client/call/call";
import type { CallEvents, CallSession } from "../src/camus-client/call/call-events";
import { Emitter } from "../src/camus-client/emitter";
import type { SendableMessage } from "../src/camus-client/frames";
import { LIMITS } from "../src/camus-client/generated";
import type { IceServer, JoinedBody, Lost, SessionClient } from "../src/camus-client/generated";
import type { SessionEvents, MemberMessage } from "../src/camus-client/session-events";
import { FakeClock } from "./fake-clock";
import { fakeOpener } from "./fake-peer-connection";
import type { FakePeerConnection } from "./fake-peer-connection";

const member = (id: string): SessionClient => ({ id, username: id, role: "guest" });

/** A message or event in flight; a dropped message is reported to its sender. */
interface InFlight {
  readonly deliver: () => void;
  readonly report?: (reason: "full" | "expired") => void;
}

/** One member: its session, its call, and a record of the call's events. */
export class FakeMember implements CallSession {
  readonly events = new Emitter<SessionEvents>();
  readonly opener = fakeOpener();
  readonly callEvents: [keyof CallEvents, unknown][] = [];
  readonly call: Call;
  /** Messages and events in flight to this member. */
  inFlight: InFlight[] = [];
  clients = new Map<string, SessionClient>();
  attributes: Attributes = {};
  iceServers: readonly IceServer[] = [];
  joined: JoinedBody | null = null;
  /** Whether the session accepts no further message. */
  isFull = false;

  constructor(
    readonly room: FakeRoom,
    readonly id: string,
    options: CallOptions = {},
  ) {
    const { clock } = room;
    this.call = new Call(this, { openPeerConnection: this.opener.open, clock, ...options });
    for (const name of ["peer", "tracks", "state", "silenced", "channel", "failed"] as const) {
      this.call.on(name, (event) => this.callEvents.push([name, event]));
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

  /** Joins the room. */
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
      encrypted: this.room.isEncrypted,
    };
    this.room.add(this);
    this.clients = new Map([...this.room.members.keys()].map((id) => [id, member(id)]));
    this.events.emit("entered", { how: "joined" });
    return this;
  }

  /** Rejoins with a session that could not be resumed; messages in flight to it are lost. */
  rejoin(reason: Lost): void {
    if (reason === "rejoined") {
      this.room.notifyOthers(this, (other) => other.seeLeave(this.id, "rejoined"));
      this.room.notifyOthers(this, (other) => other.seeJoin(this.id));
    }
    const messages = this.inFlight.filter(({ report }) => report);
    this.inFlight = this.inFlight.filter(({ report }) => !report);
    for (const { report } of messages) report?.(reason === "overflow" ? "full" : "expired");
    this.clients = new Map([...this.room.members.keys()].map((id) => [id, member(id)]));
    this.events.emit("entered", { how: "rejoined", reason, sameId: true });
  }

  /** Learns that a client has joined. */
  seeJoin(id: string): void {
    this.clients.set(id, member(id));
    this.events.emit("client-joined", member(id));
  }

  /** Learns that a member has left. */
  seeLeave(id: string, reason: "left" | "gone" | "rejoined"): void {
    this.clients.delete(id);
    this.events.emit("client-left", { id, reason });
  }

  /** The open connections, oldest first. */
  get connections(): FakePeerConnection[] {
    return this.opener.made.filter(({ signalingState }) => signalingState !== "closed");
  }

  /** The newest peer connection. */
  get last(): FakePeerConnection {
    const last = this.connections.at(-1) ?? this.opener.made.at(-1);
    if (!last) throw new Error("there is no connection");
    return last;
  }

  /** The tracks received from a member, by name and kind. */
  tracksFrom(from: string): Record<string, string> {
    const tracks = [...this.call.tracksOf(from)];
    return Object.fromEntries(tracks.map(([name, { kind }]) => [name, kind]));
  }
}

export class FakeRoom {
  readonly clock = new FakeClock();
  readonly members = new Map<string, FakeMember>();
  /** The sender and type of each message. */
  readonly relayed: string[] = [];
  /** Whether those that join are told that the room is encrypted. */
  isEncrypted = false;
  /** Selects messages that are reported to the sender instead of relayed. */
  isLost: (message: SendableMessage) => boolean = () => false;

  newcomer(id: string, options: CallOptions = {}): FakeMember {
    return new FakeMember(this, id, options);
  }

  add(who: FakeMember): void {
    this.members.set(who.id, who);
    this.notifyOthers(who, (other) => other.seeJoin(who.id));
  }

  /** Removes a member from the room. */
  remove(who: FakeMember): void {
    this.members.delete(who.id);
    this.notifyOthers(who, (other) => other.seeLeave(who.id, "left"));
    who.call.close();
  }

  notifyOthers(who: FakeMember, tell: (other: FakeMember) => void): void {
    for (const other of this.members.values()) {
      if (other !== who) other.inFlight.push({ deliver: () => tell(other) });
    }
  }

  relay(sender: FakeMember, message: SendableMessage): void {
    this.relayed.push(`${sender.id}: ${message.type}`);
    const relayed = JSON.parse(
      JSON.stringify({ ...message, sender: sender.id }),
    ) as MemberMessage;
    for (const [id, receiver] of this.members) {
      if (message.receiver !== id && message.receiver !== "room") continue;
      const report = (reason: "full" | "expired"): void => {
        const lost = { receiver: id, reason, id: message.id ?? null };
        sender.inFlight.push({ deliver: () => sender.events.emit("undeliverable", lost) });
      };
      const deliver = (): void => receiver.events.emit("message", relayed);
      if (this.isLost(message)) report("full");
      else receiver.inFlight.push({ deliver, report });
    }
  }

  /** Delivers everything in flight, and waits until nothing happens any more. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 10; quiet += 1) {
      for (const one of this.members.values()) {
        for (const { deliver } of one.inFlight.splice(0)) {
          deliver();
          quiet = 0;
        }
      }
      await new Promise(setImmediate);
    }
  }
}
