// One peer of a call: another member, and the peer connection with it.

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

/** The seconds that a newcomer waits for the offer of a present member (rule SESS-52). */
const OFFER_SECONDS = 2;

/** The delay before recovering from a lost message, in seconds; it doubles each time. */
const FIRST_RETRY_SECONDS = 2;
const LONGEST_RETRY_SECONDS = 30;

/** The seconds after which a peer that hasn't answered is reported as `unanswered`. */
const UNANSWERED_SECONDS = 15;

/** The id of the data channel; both sides negotiate it out of band. */
const CHANNEL_ID = 0;

/**
 * The media that a client without tracks of its own asks for: without a media section there is
 * no connection.
 */
const RECEIVED_KINDS = ["audio", "video"] as const;

/**
 * The state of the connection with a member: the browser's, or the reason why there is none.
 */
export type PeerState =
  | RTCPeerConnectionState
  /** Connecting is delayed, because the member keeps rejoining or many join at once. */
  | "held"
  /** The maximum number of connections is reached; it is made when another one has ended. */
  | "crowded"
  /** The browser refused to make a connection; the call tries again. */
  | "refused"
  /** The peer hasn't answered so far. */
  | "unanswered";

/** The options of a peer. */
export interface PeerOptions {
  readonly id: string;
  /** The name of this connection in message ids. */
  readonly name: string;
  /** Whether this side rolls back when the first offers cross. */
  readonly polite: boolean;
  /** Whether to wait for the peer's offer first, as a newcomer does. */
  readonly waitsForOffer: boolean;
  readonly open: OpenPeerConnection;
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  /** The label of the data channel; null for none. */
  readonly channel: string | null;
  /** The peer's track names by `mid`; null before it has sent them. */
  readonly trackNames: ReadonlyMap<string, string> | null;
  /** The tracks to send, by name. */
  readonly local: ReadonlyMap<string, LocalTrack>;
}

/** Receives the events of a peer. */
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
  /** The name of the peer's connection in its message ids, if it uses them. */
  #remoteConnection: string | null = null;
  /** The last messages sent, for sending them again after a loss. */
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

  /** The tracks that the peer currently sends, by name. */
  get tracks(): ReadonlyMap<string, MediaStreamTrack> {
    return this.#tracks;
  }

  /** The peer's track names by `mid`; null before it has sent them. */
  get trackNames(): ReadonlyMap<string, string> | null {
    return this.#trackNames;
  }

  /** Returns whether an answer belongs to another offer than the pending one. */
  answersAnotherOffer({ id }: Answer): boolean {
    const { answeredOffer } = parseMessageId(id);
    return answeredOffer !== null && answeredOffer !== this.#offerId;
  }

  /** Returns whether the peer has replaced its connection since it agreed with this one. */
  isFromNewConnection({ id }: Offer | Answer): boolean {
    const { connection } = parseMessageId(id);
    return (
      this.#remoteConnection !== null &&
      connection !== null &&
      connection !== this.#remoteConnection
    );
  }

  /** Handles a message of the peer. */
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

  /** Sends a track under this name, replacing the previous one; null for none. */
  send(name: string, local: LocalTrack | null): void {
    if (this.#stage.at !== "started") return;
    this.#sent.set(name, local).catch((error: unknown) => this.listener.failed(error));
  }

  /**
   * Creates an offer even without anything to send, so that the peer learns of this connection.
   */
  offer(): void {
    this.#negotiation.offer();
  }

  /** Restarts ICE, and sends again what may have been lost. */
  recover(): void {
    this.#negotiation.recover();
  }

  /**
   * Uses these ICE servers. Restarts ICE on a relayed path, which ends with the old
   * credentials.
   */
  async useServers(configuration: RTCConfiguration): Promise<void> {
    this.connection.setConfiguration(configuration);
    const { path } = measurementOf(await this.connection.getStats(), 0);
    if (path === "relayed" && this.#stage.at !== "closed") this.connection.restartIce();
  }

  /** Repeats or repairs the message with this id later, because it may not have arrived. */
  messageLost(id: string): void {
    if (parseMessageId(id).connection !== this.options.name || this.#stage.at === "closed")
      return;
    const { wait } = this.#retry;
    this.#retry.stop ??= this.options.clock.after(wait, () => this.#recoverLost(wait));
  }

  /** Returns the quality of the connection since the previous call. */
  async measure(): Promise<ConnectionQuality> {
    const now = measurementOf(await this.connection.getStats(), this.options.clock.now());
    const quality = qualityOf(this.#measurement, now);
    this.#measurement = now;
    return quality;
  }

  /** Closes the connection; the listener isn't called any more. */
  close(): void {
    if (this.#stage.at === "waiting") this.#stage.stop();
    this.#stage = { at: "closed" };
    this.#stopUnansweredTimer();
    this.#retry.stop?.();
    this.#negotiation.close();
  }

  /** @param isAsked - whether the peer has sent an offer, so that there is a media section. */
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

  /** Sends the last answer and the pending offer again; a peer that has them ignores them. */
  #resend(): void {
    this.#sendTrackNames();
    if (this.#answer) this.listener.send(this.#answer);
    const isWaiting = this.connection.signalingState === "have-local-offer";
    if (this.#offer && isWaiting) this.listener.send(this.#offer);
  }

  #sendTrackNames(): void {
    this.listener.send({ ...this.#envelope(), type: "x-tracks", data: this.#sent.names });
  }

  /** The id by which the peer's answer refers to the last offer. */
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

  /** Returns the recipient and a new id for a message to the peer. */
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
