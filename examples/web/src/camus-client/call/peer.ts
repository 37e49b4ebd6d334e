// One other member of the call, and the connection with it.

import type { Clock } from "../clock";
import type { Sayable } from "../frames";
import type { Answer, Offer } from "../generated";
import type { Told } from "../session-events";
import { messageId, originOf } from "./message-ids";
import type { Origin } from "./message-ids";
import { Negotiation } from "./negotiation";
import type { OpenPeerConnection, PeerConnection } from "./peer-connection";
import { measured, qualityOf } from "./connection-quality";
import type { Measurement, Quality } from "./connection-quality";
import { namesIn, receivedTracks, SentTracks } from "./tracks";
import type { LocalTrack } from "./tracks";

/** How long a newcomer waits for the offer of who was there before (rule SESS-52). */
const OFFER_SECONDS = 2;

/** After a lost message the next try comes so much later, which doubles each time. */
const FIRST_REPAIR = 2;
const LAST_REPAIR = 30;

/** So long a peer may take to answer; then its user is told that nothing has come of it yet. */
const UNANSWERED_SECONDS = 15;

/** Both sides make the channel by themselves, with this number: no message announces it. */
const CHANNEL_ID = 0;

/** What somebody who sends nothing asks for: without any section there is no connection. */
const HEARD_AND_SEEN = ["audio", "video"] as const;

/** Where the connection with a member is: what the browser says of it, or why there is none. */
export type PeerState =
  | RTCPeerConnectionState
  /** Its member comes and goes, or many come at once: it is made later. */
  | "held"
  /** There are as many as there may be: it is made when another one has ended. */
  | "crowded"
  /** The browser makes none: it is tried again. */
  | "refused"
  /** The other side has not answered so far. */
  | "unanswered";

/** What a peer is made with. */
export interface PeerOptions {
  readonly id: string;
  /** What messages call the connection. */
  readonly name: string;
  /** Who rolls back when offers cross. */
  readonly polite: boolean;
  /** Whether to wait for an offer first, as a newcomer does. */
  readonly waits: boolean;
  readonly open: OpenPeerConnection;
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  /** The label of the data channel, if there shall be one. */
  readonly channel: string | null;
  /** What the other side calls its tracks, by `mid`, if it has told. */
  readonly names: ReadonlyMap<string, string> | null;
  /** What is sent at the moment, by name. */
  readonly local: ReadonlyMap<string, LocalTrack>;
}

/** Hears what comes of a peer. */
export interface PeerListener {
  say(message: Sayable): void;
  stateChanged(state: PeerState): void;
  tracksChanged(tracks: ReadonlyMap<string, MediaStreamTrack>): void;
  channelOpened(channel: RTCDataChannel): void;
  failed(error: unknown): void;
}

export class Peer {
  readonly connection: PeerConnection;
  readonly #negotiation: Negotiation;
  readonly #sent: SentTracks;
  #stage: { at: "waiting"; stop: () => void } | { at: "started" | "closed" };
  #names: ReadonlyMap<string, string> | null;
  #tracks: ReadonlyMap<string, MediaStreamTrack> = new Map();
  #messages = 0;
  /** What the other side calls its connection, as far as it says. */
  #theirName: string | null = null;
  /** What was said last, to be said again if it is lost. */
  #offer: Offer | null = null;
  #answer: Answer | null = null;
  #repair: { wait: number; stop: (() => void) | null } = { wait: FIRST_REPAIR, stop: null };
  #measurement: Measurement | null = null;
  readonly #stopExpecting: () => void;

  constructor(
    readonly options: PeerOptions,
    readonly listener: PeerListener,
  ) {
    this.connection = options.open(options.configuration, {
      negotiationNeeded: () => this.#negotiation.offer(),
      candidate: (candidate) => this.#sayCandidate(candidate),
      stateChanged: () => this.#stateChanged(),
    });
    this.#names = options.names;
    this.#sent = new SentTracks(this.connection);
    const negotiator = {
      describe: (description: RTCSessionDescriptionInit, answers: string | null) =>
        this.#describe(description, answers),
      beforeAnswer: () => this.#start(true),
      repeat: () => this.#repeat(),
      settled: () => this.#lookAtTracks(),
      failed: (error: unknown) => listener.failed(error),
    };
    const { polite, clock } = options;
    this.#negotiation = new Negotiation(this.connection, polite, negotiator, clock);
    const stop = options.waits
      ? options.clock.after(OFFER_SECONDS, () => this.#start(false))
      : () => undefined;
    this.#stage = { at: "waiting", stop };
    this.#stopExpecting = options.clock.after(UNANSWERED_SECONDS, () => {
      if (this.connection.connectionState === "new") listener.stateChanged("unanswered");
    });
    if (!options.waits) this.#start(false);
  }

  /** What the other side sends at the moment, by name. */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return this.#tracks;
  }

  /** What the other side calls its tracks, by `mid`, if it has told. */
  get names(): ReadonlyMap<string, string> | null {
    return this.#names;
  }

  /** Tells whether this is no answer to the offer that waits for one. */
  isForAnother({ id }: Answer): boolean {
    const { answered } = originOf(id);
    return answered !== null && answered !== this.#offerName;
  }

  /** Tells whether the other side has built its connection anew since this one agreed with it. */
  isFromAnother({ id }: Offer | Answer): boolean {
    const { connection } = originOf(id);
    return this.#theirName !== null && connection !== null && connection !== this.#theirName;
  }

  /** The other side says something. */
  hear(message: Told): void {
    switch (message.type) {
      case "offer":
        this.#theirName = originOf(message.id).connection;
        this.#hearOffer(message, originOf(message.id));
        break;
      case "answer":
        this.#theirName = originOf(message.id).connection;
        this.#negotiation.hearAnswer(description(message), () => !this.isForAnother(message));
        break;
      case "icecandidate":
        this.#negotiation.hearCandidate(message.data ?? null);
        break;
      case "x-tracks":
        this.#names = namesIn(message.data);
        if (this.connection.signalingState === "stable") this.#lookAtTracks();
        break;
      default:
    }
  }

  /** Sends something else under this name from now on, or nothing. */
  send(name: string, local: LocalTrack | null): void {
    if (this.#stage.at !== "started") return;
    this.#sent.set(name, local).catch((error: unknown) => this.listener.failed(error));
  }

  /** Offers, even where there is nothing to send: the other side has to know of this connection. */
  insist(): void {
    this.#negotiation.offer();
  }

  /** Finds new paths to the other side, and says again what may have been lost. */
  recover(): void {
    this.#negotiation.recover();
  }

  /** There are new STUN and TURN servers: a path over an old one ends with its credentials. */
  async useServers(configuration: RTCConfiguration): Promise<void> {
    this.connection.setConfiguration(configuration);
    const { path } = measured(await this.connection.getStats(), 0);
    if (path === "relayed" && this.#stage.at !== "closed") this.connection.restartIce();
  }

  /** The message with this id may not have arrived: it is said again, or made up for, later. */
  lost(id: string): void {
    if (originOf(id).connection !== this.options.name || this.#stage.at === "closed") return;
    const { wait } = this.#repair;
    this.#repair.stop ??= this.options.clock.after(wait, () => this.#tryAgain(wait));
  }

  /** Returns how good the connection has been since this was asked last. */
  async measure(): Promise<Quality> {
    const now = measured(await this.connection.getStats(), this.options.clock.now());
    const quality = qualityOf(this.#measurement, now);
    this.#measurement = now;
    return quality;
  }

  /** Ends the connection; nothing more is told of it. */
  close(): void {
    if (this.#stage.at === "waiting") this.#stage.stop();
    this.#stage = { at: "closed" };
    this.#stopExpecting();
    this.#repair.stop?.();
    this.#negotiation.close();
  }

  /** @param isAsked - whether the other side has offered, and so there is a section. */
  #start(isAsked: boolean): void {
    if (this.#stage.at !== "waiting") return;
    this.#stage.stop();
    this.#stage = { at: "started" };
    for (const [name, local] of this.options.local) this.send(name, local);
    const { channel, local } = this.options;
    if (channel !== null) {
      const options = { negotiated: true, id: CHANNEL_ID } as const;
      this.listener.channelOpened(this.connection.createDataChannel(channel, options));
    } else if (local.size === 0 && !isAsked) {
      for (const kind of HEARD_AND_SEEN) {
        this.connection.addTransceiver(kind, { direction: "recvonly" });
      }
    }
  }

  #hearOffer(offer: Offer, { name, answered }: Origin): void {
    this.#negotiation.hearOffer(description(offer), name, (crosses) => {
      const isRepeated = name !== null && name === originOf(this.#answer?.id).answered;
      // Who has answered our offer has not crossed it: the answer was lost.
      return isRepeated || (crosses && answered !== null && answered === this.#offerName);
    });
  }

  #describe({ type, sdp = "" }: RTCSessionDescriptionInit, answers: string | null): void {
    this.#sayNames();
    const answered = answers ?? originOf(this.#answer?.id).answered;
    const address = this.#address(answered);
    if (type === "offer") {
      this.#offer = { ...address, type, data: { type, sdp } };
      this.listener.say(this.#offer);
    } else if (type === "answer") {
      this.#answer = { ...address, type, data: { type, sdp } };
      this.listener.say(this.#answer);
    }
  }

  /** Says the last answer again, and the offer that waits for one; who has had them ignores it. */
  #repeat(): void {
    this.#sayNames();
    if (this.#answer) this.listener.say(this.#answer);
    const isWaiting = this.connection.signalingState === "have-local-offer";
    if (this.#offer && isWaiting) this.listener.say(this.#offer);
  }

  #sayNames(): void {
    this.listener.say({ ...this.#address(), type: "x-tracks", data: this.#sent.names });
  }

  /** What the other side calls the last offer, where it has answered it. */
  get #offerName(): string | null {
    return originOf(this.#offer?.id).name;
  }

  #sayCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.#stage.at === "closed") return;
    const data = candidate && { ...candidate, candidate: candidate.candidate ?? "" };
    this.listener.say({ ...this.#address(), type: "icecandidate", data });
  }

  #tryAgain(waited: number): void {
    this.#repair = { wait: Math.min(2 * waited, LAST_REPAIR), stop: null };
    if (this.connection.connectionState === "connected") this.#repeat();
    else this.recover(); // candidates may have been lost
  }

  #lookAtTracks(): void {
    const tracks = receivedTracks(this.connection, this.#names);
    const isSame =
      tracks.size === this.#tracks.size &&
      [...tracks].every(([name, track]) => this.#tracks.get(name) === track);
    if (isSame) return;
    this.#tracks = tracks;
    this.listener.tracksChanged(tracks);
  }

  #stateChanged(): void {
    if (this.#stage.at === "closed") return;
    const state = this.connection.connectionState;
    if (state === "connected") this.#repair.wait = FIRST_REPAIR;
    if (state === "failed") this.recover();
    this.listener.stateChanged(state);
  }

  /** Returns what each message to the other side has, with an id of its own. */
  #address(answered: string | null = null): { receiver: string; id: string } {
    this.#messages += 1;
    const id = messageId(this.options.name, this.#messages, answered);
    return { receiver: this.options.id, id };
  }
}

const description = ({ type, data }: Offer | Answer): RTCSessionDescriptionInit => ({
  type,
  sdp: data.sdp,
});
