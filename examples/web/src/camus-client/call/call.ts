// A call: one peer connection with each other member of a session's room.

import { systemClock } from "../clock";
import type { Clock } from "../clock";
import { Emitter } from "../emitter";
import type { RoomKey } from "../encryption";
import { ROOM } from "../generated";
import type { IceServer } from "../generated";
import { rtcIceServers } from "../ice-servers";
import type { Entered, MemberMessage } from "../session-events";
import type { CallEvents, CallSession } from "./call-events";
import { newConnectionName } from "./message-ids";
import { EarlyMessages } from "./early-messages";
import { ConnectionPacer } from "./connection-pacing";
import { EncryptedSession } from "./encrypted-session";
import { Peer } from "./peer";
import { SilencedMembers } from "./silenced-members";
import { IGNORE_EVENTS, openRtcPeerConnection } from "./peer-connection";
import type { OpenPeerConnection } from "./peer-connection";
import type { ConnectionQuality } from "./connection-quality";
import { memberStateIn } from "./member-state";
import type { MemberState } from "./member-state";
import type { LocalTrack } from "./tracks";
import { usableIceServers } from "./usable-ice-servers";
import type { UsableIceServers } from "./usable-ice-servers";

/**
 * Half of the 478 peer connections that Chromium 156 allows a page: the other half may be
 * closed but not yet garbage-collected. In a call of 128 a client already sends its media 127
 * times.
 */
const MAX_CONNECTIONS = 128;

/**
 * The delay before another attempt after the browser refused to make a connection; closed ones
 * may have been garbage-collected by then.
 */
const RETRY_REFUSED_SECONDS = 10;

/** A member that has no peer connection yet, and the messages it has sent for one. */
interface PendingPeer {
  readonly trackNames: Peer["trackNames"];
  readonly messages: EarlyMessages;
}

/** The options of a call. */
export interface CallOptions {
  /** The label of the data channel to each peer that also opens one; null for no channel. */
  readonly channel?: string | null;
  /** The maximum number of peer connections; members beyond it get none. */
  readonly maxConnections?: number;
  /**
   * The key of an encrypted room: nothing goes out, or is accepted, unencrypted. Without it, a
   * call in a room that is `encrypted` connects with nobody.
   */
  readonly key?: RoomKey;
  readonly openPeerConnection?: OpenPeerConnection;
  readonly clock?: Clock;
}

/**
 * A call with all members of a session's room. Create it before the session joins, because the
 * members in the room send their offers at once.
 */
export class Call {
  readonly #events = new Emitter<CallEvents>();
  readonly #session: CallSession;
  readonly #hasKey: boolean;
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
  readonly #silenced: SilencedMembers;
  #ownServers: readonly RTCIceServer[] = [];
  #usableServers: UsableIceServers & { readonly key: string } = {
    servers: [],
    refused: [],
    key: "[]",
  };
  #state: MemberState | null = null;

  constructor(session: CallSession, options: CallOptions = {}) {
    this.#open = options.openPeerConnection ?? openRtcPeerConnection;
    this.#clock = options.clock ?? systemClock;
    this.#hasKey = options.key !== undefined;
    const encrypted = options.key && this.#encrypt(session, options.key);
    session = this.#session = encrypted ?? session;
    this.#channel = options.channel ?? null;
    this.#maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
    this.#pacer = new ConnectionPacer(this.#clock, (id) => this.#openPeer(id, false));
    this.#silenced = new SilencedMembers(session, (id, silenced) =>
      this.#events.emit("silenced", { id, silenced }),
    );
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
      () => encrypted?.close(),
      ...this.#silenced.follow(),
    ];
    if (session.joined) this.#connectToAll(true);
  }

  #encrypt(session: CallSession, key: RoomKey): EncryptedSession {
    return new EncryptedSession(session, key, this.#clock, (id, error) =>
      this.#events.emit("failed", { id, error }),
    );
  }

  // State for the caller ------------------------------------------------------------------

  /** Adds a listener for the events of this name; the returned function removes it. */
  on<Name extends keyof CallEvents>(
    name: Name,
    listener: (event: CallEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  /** The ids of the members that have a peer connection or wait for one. */
  get peers(): readonly string[] {
    return [...this.#peers.keys(), ...this.#pending.keys()];
  }

  /** Returns the tracks that a member currently sends, by name. */
  tracksOf(id: string): ReadonlyMap<string, MediaStreamTrack> {
    return this.#peers.get(id)?.tracks ?? new Map<string, MediaStreamTrack>();
  }

  /** The last announced state of each other member, by client id. */
  get states(): ReadonlyMap<string, MemberState> {
    return this.#states;
  }

  /** The members that are not to be played: they have lost `speak` in a moderated room. */
  get silenced(): ReadonlySet<string> {
    return this.#silenced.ids;
  }

  /** Returns the quality of each connection since the previous call, by client id. */
  async measure(): Promise<ReadonlyMap<string, ConnectionQuality>> {
    const measured = [...this.#peers].map(
      async ([id, peer]) => [id, await peer.measure()] as const,
    );
    return new Map(await Promise.all(measured));
  }

  // Actions of the caller -----------------------------------------------------------------

  /**
   * Sends a track to all members under this name, replacing the previous one.
   *
   * @param track - null to send nothing.
   * @param stream - the browser synchronizes the playback of tracks of the same stream.
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

  /** Announces this client's state to all members, including those that join later. */
  setState(state: MemberState): void {
    this.#state = state;
    if (this.#session.joined) this.#sendState(ROOM);
  }

  /** Sets the STUN and TURN servers to use in addition to those of the session. */
  useOwnIceServers(servers: readonly RTCIceServer[]): void {
    this.#ownServers = servers;
    this.#useServers(this.#session.iceServers);
  }

  /** Closes all peer connections; the session continues. */
  close(): void {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#endAll();
  }

  // Events of the session -----------------------------------------------------------------

  #enter(entered: Entered): void {
    if (entered.how === "resumed") return;
    if (entered.how === "rejoined" && entered.sameId && entered.reason !== "rejoined") {
      // The peers have kept their connections, but messages may have been lost.
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

  /** Opens a connection with each member that has none. */
  #connectToAll(asNewcomer: boolean): void {
    for (const id of this.#session.clients.keys()) this.#connectTo(id, asNewcomer);
  }

  #memberJoined(id: string): void {
    this.#connectTo(id, false); // nothing to do if its offer came before the roster
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
      // The peer answered an offer of the previous connection.
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
    const key = JSON.stringify(all);
    if (key !== this.#usableServers.key) {
      this.#usableServers = {
        ...usableIceServers(all, (some) => this.#browserAccepts(some)),
        key,
      };
      const { refused } = this.#usableServers;
      if (refused.length > 0) this.#events.emit("servers-refused", refused);
    }
    return { iceServers: [...this.#usableServers.servers] };
  }

  /** Returns whether the browser creates a connection with these servers. */
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

  // Peer connections ----------------------------------------------------------------------

  /** Opens a connection with a member, at once or when the pacer allows it. */
  #connectTo(id: string, waitsForOffer: boolean, trackNames: Peer["trackNames"] = null): void {
    const { joined } = this.#session;
    if (!joined || (joined.encrypted && !this.#hasKey)) return;
    if (id === joined.id || this.#peers.has(id) || this.#pending.has(id)) return;
    this.#pending.set(id, { trackNames, messages: new EarlyMessages() });
    if (this.#pacer.tryAcquire(id)) this.#openPeer(id, waitsForOffer);
    else this.#events.emit("peer", { id, state: "held" });
  }

  /** Opens a connection, unless the maximum is reached or the browser refuses. */
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

  /** Opens connections with pending members while the maximum isn't reached. */
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
