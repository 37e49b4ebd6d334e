// One other member of the call, and the connection with it.

import type { Clock } from "../clock";
import type { SendableMessage } from "../frames";
import type { Answer, Offer } from "../generated";
import type { MemberMessage } from "../session-events";
import { messageId, parseMessageId } from "./message-ids";
import type { ParsedMessageId } from "./message-ids";
import { Negotiation } from "./negotiation";
import type { OpenPeerConnection, PeerConnection } from "./peer-connection";
import { measurementOf, qualityOf } from "./connection-quality";
import type { Measurement, ConnectionQuality } from "./connection-quality";
import { trackNamesIn, receivedTracks, SentTracks } from "./tracks";
import type { LocalTrack } from "./tracks";

/** How long a newcomer waits for the offer of who was there before (rule SESS-52). */
const OFFER_SECONDS = 2;

/** After a lost message the next try comes so much later, which doubles each time. */
const FIRST_RETRY_SECONDS = 2;
const LONGEST_RETRY_SECONDS = 30;

/** So long a peer may take to answer; then its user is told that nothing has come of it yet. */
const UNANSWERED_SECONDS = 15;

/** Both sides make the channel by themselves, with this number: no message announces it. */
const CHANNEL_ID = 0;

/** What somebody who sends nothing asks for: without any section there is no connection. */
const RECEIVED_KINDS = ["audio", "video"] as const;

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
  readonly waitsForOffer: boolean;
  readonly open: OpenPeerConnection;
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  /** The label of the data channel, if there shall be one. */
  readonly channel: string | null;
  /** What the other side calls its tracks, by `mid`, if it has told. */
  readonly trackNames: ReadonlyMap<string, string> | null;
  /** What is sent at the moment, by name. */
  readonly local: ReadonlyMap<string, LocalTrack>;
}

/** Hears what comes of a peer. */
export interface PeerListener {
  send(message: SendableMessage): void;
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
  #trackNames: ReadonlyMap<string, string> | null;
  #tracks: ReadonlyMap<string, MediaStreamTrack> = new Map();
  #messages = 0;
  /** What the other side calls its connection, as far as it says. */
  #remoteConnection: string | null = null;
  /** What was said last, to be said again if it is lost. */
  #offer: Offer | null = null;
  #answer: Answer | null = null;
  #retry: { wait: number; stop: (() => void) | null } = {
    wait: FIRST_RETRY_SECONDS,
    stop: null,
  };
  #measurement: Measurement | null = null;
  readonly #stopUnansweredTimer: () => void;

  constructor(
    readonly options: PeerOptions,
    readonly listener: PeerListener,
  ) {
    this.connection = options.open(options.configuration, {
      negotiationNeeded: () => this.#negotiation.offer(),
      candidate: (candidate) => this.#sendCandidate(candidate),
      stateChanged: () => this.#stateChanged(),
    });
    this.#trackNames = options.trackNames;
    this.#sent = new SentTracks(this.connection);
    const negotiationListener = {
      described: (description: RTCSessionDescriptionInit, offerId: string | null) =>
        this.#describe(description, offerId),
      beforeAnswer: () => this.#start(true),
      repeat: () => this.#resend(),
      settled: () => this.#updateTracks(),
      failed: (error: unknown) => listener.failed(error),
    };
    const { polite, clock } = options;
    this.#negotiation = new Negotiation(this.connection, polite, negotiationListener, clock);
    const stop = options.waitsForOffer
      ? options.clock.after(OFFER_SECONDS, () => this.#start(false))
      : () => undefined;
    this.#stage = { at: "waiting", stop };
    this.#stopUnansweredTimer = options.clock.after(UNANSWERED_SECONDS, () => {
      if (this.connection.connectionState === "new") listener.stateChanged("unanswered");
    });
    if (!options.waitsForOffer) this.#start(false);
  }

  /** What the other side sends at the moment, by name. */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return this.#tracks;
  }

  /** What the other side calls its tracks, by `mid`, if it has told. */
  get trackNames(): ReadonlyMap<string, string> | null {
    return this.#trackNames;
  }

  /** Tells whether this is no answer to the offer that waits for one. */
  answersAnotherOffer({ id }: Answer): boolean {
    const { answeredOffer } = parseMessageId(id);
    return answeredOffer !== null && answeredOffer !== this.#offerId;
  }

  /** Tells whether the other side has built its connection anew since this one agreed with it. */
  isFromNewConnection({ id }: Offer | Answer): boolean {
    const { connection } = parseMessageId(id);
    return (
      this.#remoteConnection !== null &&
      connection !== null &&
      connection !== this.#remoteConnection
    );
  }

  /** The other side says something. */
  receive(message: MemberMessage): void {
    switch (message.type) {
      case "offer":
        this.#remoteConnection = parseMessageId(message.id).connection;
        this.#receiveOffer(message, parseMessageId(message.id));
        break;
      case "answer":
        this.#remoteConnection = parseMessageId(message.id).connection;
        this.#negotiation.receiveAnswer(
          description(message),
          () => !this.answersAnotherOffer(message),
        );
        break;
      case "icecandidate":
        this.#negotiation.receiveCandidate(message.data ?? null);
        break;
      case "x-tracks":
        this.#trackNames = trackNamesIn(message.data);
        if (this.connection.signalingState === "stable") this.#updateTracks();
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
  offer(): void {
    this.#negotiation.offer();
  }

  /** Finds new paths to the other side, and says again what may have been lost. */
  recover(): void {
    this.#negotiation.recover();
  }

  /** There are new STUN and TURN servers: a path over an old one ends with its credentials. */
  async useServers(configuration: RTCConfiguration): Promise<void> {
    this.connection.setConfiguration(configuration);
    const { path } = measurementOf(await this.connection.getStats(), 0);
    if (path === "relayed" && this.#stage.at !== "closed") this.connection.restartIce();
  }

  /** The message with this id may not have arrived: it is said again, or made up for, later. */
  messageLost(id: string): void {
    if (parseMessageId(id).connection !== this.options.name || this.#stage.at === "closed")
      return;
    const { wait } = this.#retry;
    this.#retry.stop ??= this.options.clock.after(wait, () => this.#recoverLost(wait));
  }

  /** Returns how good the connection has been since this was asked last. */
  async measure(): Promise<ConnectionQuality> {
    const now = measurementOf(await this.connection.getStats(), this.options.clock.now());
    const quality = qualityOf(this.#measurement, now);
    this.#measurement = now;
    return quality;
  }

  /** Ends the connection; nothing more is told of it. */
  close(): void {
    if (this.#stage.at === "waiting") this.#stage.stop();
    this.#stage = { at: "closed" };
    this.#stopUnansweredTimer();
    this.#retry.stop?.();
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
      for (const kind of RECEIVED_KINDS) {
        this.connection.addTransceiver(kind, { direction: "recvonly" });
      }
    }
  }

  #receiveOffer(offer: Offer, { message, answeredOffer }: ParsedMessageId): void {
    this.#negotiation.receiveOffer(description(offer), message, (crosses) => {
      const isRepeated =
        message !== null && message === parseMessageId(this.#answer?.id).answeredOffer;
      // A peer that has answered our offer has not crossed it: its answer was lost.
      const hasAnswered = answeredOffer !== null && answeredOffer === this.#offerId;
      return isRepeated || (crosses && hasAnswered);
    });
  }

  #describe({ type, sdp = "" }: RTCSessionDescriptionInit, offerId: string | null): void {
    this.#sendTrackNames();
    const answeredOffer = offerId ?? parseMessageId(this.#answer?.id).answeredOffer;
    const envelope = this.#envelope(answeredOffer);
    if (type === "offer") {
      this.#offer = { ...envelope, type, data: { type, sdp } };
      this.listener.send(this.#offer);
    } else if (type === "answer") {
      this.#answer = { ...envelope, type, data: { type, sdp } };
      this.listener.send(this.#answer);
    }
  }

  /** Says the last answer again, and the offer that waits for one; who has had them ignores it. */
  #resend(): void {
    this.#sendTrackNames();
    if (this.#answer) this.listener.send(this.#answer);
    const isWaiting = this.connection.signalingState === "have-local-offer";
    if (this.#offer && isWaiting) this.listener.send(this.#offer);
  }

  #sendTrackNames(): void {
    this.listener.send({ ...this.#envelope(), type: "x-tracks", data: this.#sent.names });
  }

  /** What the other side calls the last offer, where it has answered it. */
  get #offerId(): string | null {
    return parseMessageId(this.#offer?.id).message;
  }

  #sendCandidate(candidate: RTCIceCandidateInit | null): void {
    if (this.#stage.at === "closed") return;
    const data = candidate && { ...candidate, candidate: candidate.candidate ?? "" };
    this.listener.send({ ...this.#envelope(), type: "icecandidate", data });
  }

  #recoverLost(waited: number): void {
    this.#retry = { wait: Math.min(2 * waited, LONGEST_RETRY_SECONDS), stop: null };
    if (this.connection.connectionState === "connected") this.#resend();
    else this.recover(); // candidates may have been lost
  }

  #updateTracks(): void {
    const tracks = receivedTracks(this.connection, this.#trackNames);
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
    if (state === "connected") this.#retry.wait = FIRST_RETRY_SECONDS;
    if (state === "failed") this.recover();
    this.listener.stateChanged(state);
  }

  /** Returns what each message to the other side has, with an id of its own. */
  #envelope(answeredOffer: string | null = null): { receiver: string; id: string } {
    this.#messages += 1;
    const id = messageId(this.options.name, this.#messages, answeredOffer);
    return { receiver: this.options.id, id };
  }
}

const description = ({ type, data }: Offer | Answer): RTCSessionDescriptionInit => ({
  type,
  sdp: data.sdp,
});
