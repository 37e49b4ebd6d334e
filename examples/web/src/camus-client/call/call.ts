// A call: one connection with each other member of the room that a session is in.

import { systemClock } from "../clock";
import type { Clock } from "../clock";
import { Emitter } from "../emitter";
import { ROOM } from "../generated";
import type { IceServer } from "../generated";
import { rtcIceServers } from "../ice-servers";
import type { Session } from "../session";
import type { Entered, MemberMessage } from "../session-events";
import { newConnectionName } from "./message-ids";
import { EarlyMessages } from "./early-messages";
import { ConnectionPacer } from "./connection-pacing";
import { Peer } from "./peer";
import type { PeerState } from "./peer";
import { openRtcPeerConnection } from "./peer-connection";
import type { OpenPeerConnection, PeerConnectionListener } from "./peer-connection";
import type { ConnectionQuality } from "./connection-quality";
import { memberStateIn } from "./member-state";
import type { MemberState } from "./member-state";
import type { LocalTrack } from "./tracks";
import { usableIceServers } from "./usable-ice-servers";
import type { UsableIceServers } from "./usable-ice-servers";

/**
 * Half of what Chromium 156 gives a page at most: the other half may be closed, and not yet
 * collected. In a call of so many each sends everything a hundred times.
 */
const MAX_CONNECTIONS = 128;

/** Where the browser makes no connection, others may have been collected after this. */
const RETRY_REFUSED_SECONDS = 10;

/** A member with whom there is to be a connection, and what it has said to that. */
interface PendingPeer {
  readonly trackNames: Peer["trackNames"];
  readonly messages: EarlyMessages;
}

/** What of a session a call uses. */
export type CallSession = Pick<Session, "on" | "send" | "joined" | "clients" | "iceServers">;

/** What a call is made with. */
export interface CallOptions {
  /** The label of the data channel to each peer that wants one too; null for none. */
  readonly channel?: string | null;
  /** Connections at a time; with more members there are none. */
  readonly maxConnections?: number;
  readonly openPeerConnection?: OpenPeerConnection;
  readonly clock?: Clock;
}

/** The events of a call, by name. */
export interface CallEvents {
  /** The connection with a member is in another state; `closed` is the last that is told. */
  peer: { readonly id: string; readonly state: PeerState };
  /** A member sends these tracks now, by name: `microphone`, `camera`, `screen`. */
  tracks: { readonly id: string; readonly tracks: ReadonlyMap<string, MediaStreamTrack> };
  /** A member has told what it does. */
  state: { readonly id: string; readonly state: MemberState };
  /** There is a data channel to a member; it opens when the connection is there. */
  channel: { readonly id: string; readonly channel: RTCDataChannel };
  /** Something could not be done with a member's connection. */
  failed: { readonly id: string; readonly error: unknown };
  /** The browser refuses STUN or TURN servers with these URLs; the others are used. */
  "servers-refused": readonly string[];
}

/**
 * A call with everyone in the room of a session. Make it before the session joins: whoever is
 * in the room offers at once.
 */
export class Call {
  readonly #events = new Emitter<CallEvents>();
  readonly #session: CallSession;
  readonly #open: OpenPeerConnection;
  readonly #clock: Clock;
  readonly #channel: string | null;
  readonly #stopListening: (() => void)[];
  readonly #maxConnections: number;
  readonly #pacer: ConnectionPacer;
  readonly #peers = new Map<string, Peer>();
  readonly #pending = new Map<string, PendingPeer>();
  readonly #local = new Map<string, LocalTrack>();
  readonly #states = new Map<string, MemberState>();
  #ownServers: readonly RTCIceServer[] = [];
  #usableServers: UsableIceServers & { readonly of: string } = {
    servers: [],
    refused: [],
    of: "[]",
  };
  #state: MemberState | null = null;

  constructor(session: CallSession, options: CallOptions = {}) {
    this.#session = session;
    this.#open = options.openPeerConnection ?? openRtcPeerConnection;
    this.#clock = options.clock ?? systemClock;
    this.#channel = options.channel ?? null;
    this.#maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
    this.#pacer = new ConnectionPacer(this.#clock, (id) => this.#openPeer(id, false));
    this.#stopListening = [
      session.on("entered", (entered) => this.#enter(entered)),
      session.on("client-joined", ({ id }) => this.#memberJoined(id)),
      session.on("client-left", ({ id }) => this.#end(id)),
      session.on("message", (message) => this.#receive(message)),
      session.on("ice-servers", (servers) => this.#useServers(servers)),
      session.on("undeliverable", ({ receiver, id }) => this.#messageLost(receiver, id)),
      session.on("expired", (messages) => {
        for (const { receiver, id } of messages) this.#messageLost(receiver, id ?? null);
      }),
      session.on("status", ({ at }) => {
        if (at === "ended") this.#endAll();
      }),
    ];
    if (session.joined) this.#connectToAll(true);
  }

  // What the caller sees ------------------------------------------------------------------

  /** Has a listener hear of all events of this name, until the function returned is called. */
  on<Name extends keyof CallEvents>(
    name: Name,
    listener: (event: CallEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** The members with whom there is a connection, or will be. */
  get peers(): readonly string[] {
    return [...this.#peers.keys(), ...this.#pending.keys()];
  }

  /** What a member sends at the moment, by name. */
  tracksOf(id: string): ReadonlyMap<string, MediaStreamTrack> {
    return this.#peers.get(id)?.tracks ?? new Map<string, MediaStreamTrack>();
  }

  /** What each other member has told of itself, by id. */
  get states(): ReadonlyMap<string, MemberState> {
    return this.#states;
  }

  /** Returns how good each connection has been since this was asked last, by id. */
  async measure(): Promise<ReadonlyMap<string, ConnectionQuality>> {
    const measured = [...this.#peers].map(
      async ([id, peer]) => [id, await peer.measure()] as const,
    );
    return new Map(await Promise.all(measured));
  }

  // What the caller does ------------------------------------------------------------------

  /**
   * Sends a track to everyone under this name from now on, in the place of the one before.
   *
   * @param track - null for none.
   * @param stream - tracks of one stream are played in step.
   */
  setTrack(
    name: string,
    track: MediaStreamTrack | null,
    stream: MediaStream | null = null,
  ): void {
    const local = track && { track, stream };
    if (local) this.#local.set(name, local);
    else this.#local.delete(name);
    for (const peer of this.#peers.values()) peer.send(name, local);
  }

  /** Tells everyone, also those who come later, what this client does. */
  setState(state: MemberState): void {
    this.#state = state;
    if (this.#session.joined) this.#sendState(ROOM);
  }

  /** Uses these STUN and TURN servers from now on, beside those of the session. */
  useOwnIceServers(servers: readonly RTCIceServer[]): void {
    this.#ownServers = servers;
    this.#useServers(this.#session.iceServers);
  }

  /** Ends all connections; the session stays. */
  close(): void {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#endAll();
  }

  // What the session tells ----------------------------------------------------------------

  #enter(entered: Entered): void {
    if (entered.how === "resumed") return;
    if (entered.how === "rejoined" && entered.sameId && entered.reason !== "rejoined") {
      // The others have kept their connections, but messages between us may be lost.
      for (const [id, peer] of this.#peers) {
        if (this.#session.clients.has(id)) peer.recover();
        else this.#end(id);
      }
      for (const id of this.#pending.keys()) {
        if (!this.#session.clients.has(id)) this.#end(id);
      }
      this.#connectToAll(false);
    } else {
      this.#endAll();
      this.#connectToAll(true);
    }
    this.#sendState(ROOM);
  }

  /** Makes a connection with each member with whom there is none. */
  #connectToAll(asNewcomer: boolean): void {
    for (const id of this.#session.clients.keys()) this.#connectTo(id, asNewcomer);
  }

  #memberJoined(id: string): void {
    this.#connectTo(id, false); // one whose offer came before the roster is met already
    this.#sendState(id);
  }

  #receive(message: MemberMessage): void {
    const { sender } = message;
    if (sender === this.#session.joined?.id) return;
    if (message.type === "x-state") {
      const state = memberStateIn(message.data);
      if (!state) return;
      this.#states.set(sender, state);
      this.#events.emit("state", { id: sender, state });
    } else {
      this.#receiveSignaling(message);
    }
  }

  #receiveSignaling(message: MemberMessage): void {
    const { sender } = message;
    const peer = this.#peers.get(sender);
    if (message.type === "offer") {
      if (peer?.isFromNewConnection(message)) this.#end(sender);
      this.#connectTo(sender, true, peer?.trackNames);
    } else if (message.type === "answer" && peer?.answersAnotherOffer(message)) {
      return;
    } else if (message.type === "answer" && peer?.isFromNewConnection(message)) {
      // It answers an offer that was for the connection before.
      this.#end(sender);
      this.#connectTo(sender, false, peer.trackNames);
      this.#peers.get(sender)?.offer();
      return;
    }
    const now = this.#peers.get(sender);
    if (now) now.receive(message);
    else this.#pending.get(sender)?.messages.add(message);
  }

  #messageLost(receiver: string, id: string | null): void {
    if (id !== null) this.#peers.get(receiver)?.messageLost(id);
  }

  #useServers(servers: readonly IceServer[]): void {
    const configuration = this.#configuration(servers);
    for (const [id, peer] of this.#peers) {
      peer
        .useServers(configuration)
        .catch((error: unknown) => this.#events.emit("failed", { id, error }));
    }
  }

  #configuration(servers: readonly IceServer[]): RTCConfiguration {
    const all = [...rtcIceServers(servers), ...this.#ownServers];
    const of = JSON.stringify(all);
    if (of !== this.#usableServers.of) {
      this.#usableServers = {
        ...usableIceServers(all, (some) => this.#browserAccepts(some)),
        of,
      };
      const { refused } = this.#usableServers;
      if (refused.length > 0) this.#events.emit("servers-refused", refused);
    }
    return { iceServers: [...this.#usableServers.servers] };
  }

  /** Tells whether the browser makes a connection with these servers. */
  #browserAccepts(servers: readonly RTCIceServer[]): boolean {
    try {
      this.#open({ iceServers: [...servers] }, IGNORE_EVENTS).close();
      return true;
    } catch {
      return false;
    }
  }

  #sendState(receiver: string): void {
    if (this.#state) this.#session.send({ type: "x-state", receiver, data: this.#state });
  }

  // Connections ---------------------------------------------------------------------------

  /** Makes a connection with a member, now or when its turn has come. */
  #connectTo(id: string, waitsForOffer: boolean, trackNames: Peer["trackNames"] = null): void {
    const me = this.#session.joined?.id;
    if (me === undefined || id === me || this.#peers.has(id) || this.#pending.has(id)) return;
    this.#pending.set(id, { trackNames, messages: new EarlyMessages() });
    if (this.#pacer.tryAcquire(id)) this.#openPeer(id, waitsForOffer);
    else this.#events.emit("peer", { id, state: "held" });
  }

  /** Makes a connection, if there may be one more, and the browser lets it. */
  #openPeer(id: string, waitsForOffer: boolean): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (this.#peers.size >= this.#maxConnections) {
      return this.#events.emit("peer", { id, state: "crowded" });
    }
    let peer: Peer;
    try {
      peer = this.#newPeer(id, waitsForOffer || pending.messages.hasOffer, pending.trackNames);
    } catch (error) {
      this.#pacer.postpone(id, RETRY_REFUSED_SECONDS);
      this.#events.emit("peer", { id, state: "refused" });
      return this.#events.emit("failed", { id, error });
    }
    this.#pending.delete(id);
    this.#peers.set(id, peer);
    this.#events.emit("peer", { id, state: "new" });
    for (const message of pending.messages.drain()) peer.receive(message);
  }

  #newPeer(id: string, waitsForOffer: boolean, trackNames: Peer["trackNames"]): Peer {
    return new Peer(
      {
        id,
        waitsForOffer,
        trackNames,
        name: newConnectionName(),
        polite: (this.#session.joined?.id ?? "") > id,
        open: this.#open,
        configuration: this.#configuration(this.#session.iceServers),
        clock: this.#clock,
        channel: this.#channel,
        local: this.#local,
      },
      {
        send: (message) => {
          if (!this.#session.send(message)) this.#messageLost(id, message.id ?? null);
        },
        stateChanged: (state) => this.#events.emit("peer", { id, state }),
        tracksChanged: (tracks) => this.#events.emit("tracks", { id, tracks }),
        channelOpened: (channel) => this.#events.emit("channel", { id, channel }),
        failed: (error) => this.#events.emit("failed", { id, error }),
      },
    );
  }

  #end(id: string): void {
    const peer = this.#peers.get(id);
    const wasPending = this.#pending.delete(id);
    if (wasPending) this.#pacer.cancel(id);
    if (!peer && !wasPending) return;
    peer?.close();
    this.#peers.delete(id);
    this.#states.delete(id);
    this.#events.emit("peer", { id, state: "closed" });
    if (peer) this.#openPendingPeers();
  }

  /** Whoever was one too many may have the place of a connection that has ended. */
  #openPendingPeers(): void {
    for (const id of this.#pending.keys()) {
      if (this.#peers.size >= this.#maxConnections) return;
      if (this.#pacer.tryAcquire(id)) this.#openPeer(id, false);
    }
  }

  #endAll(): void {
    for (const id of [...this.#pending.keys(), ...this.#peers.keys()]) this.#end(id);
  }
}

/** Of a connection that is only tried nobody wants to hear. */
const IGNORE_EVENTS: PeerConnectionListener = {
  negotiationNeeded: () => undefined,
  candidate: () => undefined,
  stateChanged: () => undefined,
};
