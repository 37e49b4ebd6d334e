// Perfect negotiation (W3C WebRTC 1.0, section 10.7) on one peer connection.
//
// All operations on the connection run one after another in a queue, so its `signalingState`
// tells whether offers have crossed.

import type { Clock } from "../clock";
import type { PeerConnection } from "./peer-connection";
import { OfferRateLimit } from "./offer-rate-limit";

/** Candidates that arrive before a description: more than a peer with several networks has. */
const MAX_EARLY_CANDIDATES = 256;

/** Queued operations: more than a peer sends while the browser performs one. */
const MAX_QUEUED = 512;

/** Receives the results of a negotiation. */
export interface NegotiationListener {
  /** A description is ready for the peer; an answer belongs to the offer with this id. */
  described(description: RTCSessionDescriptionInit, answeredOffer: string | null): void;
  /** The last description may have been lost and must be sent again. */
  repeat(): void;
  /** An offer has arrived and isn't answered yet: tracks to send can be added now. */
  beforeAnswer(): void;
  /** Both sides agree. */
  settled(): void;
  /** An operation has failed. */
  failed(error: unknown): void;
}

/**
 * Negotiates the media of one peer connection. When offers cross, the side that made the first
 * answered offer rolls back; before any offer was answered, the side that is `polite`. (In
 * Chromium 156 a side that has never made an offer would lose the video that it receives if it
 * rolled back.)
 */
export class Negotiation {
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;
  #earlyCandidates: (RTCIceCandidateInit | null)[] = [];
  /** Whether this side made the first answered offer; null before any was answered. */
  #madeFirstOffer: boolean | null = null;
  /**
   * The number of the latest offer from the peer; it invalidates earlier ones still in the
   * queue.
   */
  #lastOffer = 0;
  readonly #offerLimit: OfferRateLimit;
  #isClosed = false;

  constructor(
    readonly connection: PeerConnection,
    readonly polite: boolean,
    readonly listener: NegotiationListener,
    clock: Clock,
  ) {
    this.#offerLimit = new OfferRateLimit(clock);
  }

  /**
   * Creates an offer, unless one is pending; the connection asks again once that one is
   * settled.
   */
  offer(): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState === "stable") await this.#describe(null);
    });
  }

  /**
   * Handles an offer; its answer refers to this id. If an answer was lost on either side, this
   * side's last messages are repeated instead.
   *
   * @param lacksAnswer - returns whether that is so; called when the offer is processed.
   */
  receiveOffer(
    offer: RTCSessionDescriptionInit,
    id: string | null,
    lacksAnswer: (crosses: boolean) => boolean,
  ): void {
    const number = this.#lastOffer + 1;
    const isQueued = this.#enqueue(async () => {
      if (number < this.#lastOffer) return;
      await this.#offerLimit.acquire();
      if (number < this.#lastOffer || this.#isClosed) return;
      const crosses = this.connection.signalingState !== "stable";
      if (lacksAnswer(crosses)) this.listener.repeat();
      else if (!crosses || (this.#madeFirstOffer ?? this.polite))
        await this.#answerOffer(offer, id);
    });
    if (isQueued) this.#lastOffer = number;
  }

  /**
   * Handles an answer to the pending offer, and ignores any other.
   *
   * @param isExpected - returns whether it is one; called when the answer is processed.
   */
  receiveAnswer(answer: RTCSessionDescriptionInit, isExpected: () => boolean): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState !== "have-local-offer" || !isExpected()) return;
      await this.connection.setRemoteDescription(answer);
      this.#madeFirstOffer ??= true;
      await this.#addEarlyCandidates();
      this.listener.settled();
    });
  }

  /** Handles a candidate of the peer; null means the end of candidates. */
  receiveCandidate(candidate: RTCIceCandidateInit | null): void {
    this.#enqueue(async () => {
      if (this.connection.remoteDescription) await this.#addCandidate(candidate);
      else if (this.#earlyCandidates.length < MAX_EARLY_CANDIDATES)
        this.#earlyCandidates.push(candidate);
    });
  }

  /** Restarts ICE, and sends again what may have been lost. */
  recover(): void {
    this.#enqueue(() => {
      this.listener.repeat();
      this.connection.restartIce();
      return Promise.resolve();
    });
  }

  /** Closes the connection and ignores the queue. */
  close(): void {
    this.#isClosed = true;
    this.connection.close();
  }

  async #answerOffer(offer: RTCSessionDescriptionInit, id: string | null): Promise<void> {
    await this.connection.setRemoteDescription(offer); // rolls back a local offer
    await this.#addEarlyCandidates();
    this.listener.beforeAnswer();
    await this.#describe(id);
    this.#madeFirstOffer ??= false;
    this.listener.settled();
  }

  async #describe(answeredOffer: string | null): Promise<void> {
    await this.connection.setLocalDescription();
    const { localDescription } = this.connection;
    if (localDescription && !this.#isClosed) {
      this.listener.described(localDescription, answeredOffer);
    }
  }

  async #addEarlyCandidates(): Promise<void> {
    for (const candidate of this.#earlyCandidates.splice(0))
      await this.#addCandidate(candidate);
  }

  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch {
      // The candidate belongs to an ignored or lost offer. If there is no path without it, ICE
      // fails and is restarted.
    }
  }

  /** Reports an error, except one caused by closing the connection. */
  #fail(error: unknown): void {
    if (!this.#isClosed) this.listener.failed(error);
  }

  /** Queues an operation; returns false if the queue is full. */
  #enqueue(act: () => Promise<void>): boolean {
    if (this.#queued >= MAX_QUEUED) {
      this.#fail(new Error("too much at once"));
      return false;
    }
    this.#queued += 1;
    this.#queue = this.#queue.then(async () => {
      this.#queued -= 1;
      if (this.#isClosed) return;
      try {
        await act();
      } catch (error) {
        this.#fail(error);
      }
    });
    return true;
  }
}
