// Perfect negotiation (W3C WebRTC 1.0, section 10.7) over one peer connection.
//
// Everything that is done to the connection waits in one row: so whether offers cross can be
// read off its `signalingState`.

import type { Clock } from "../clock";
import type { PeerConnection } from "./peer-connection";
import { OfferRateLimit } from "./offer-rate-limit";

/** Candidates that came before any description: more than one peer's network has. */
const MOST_EARLY_CANDIDATES = 256;

/** What waits in the row: more than one peer says while a browser does one thing. */
const MOST_QUEUED = 512;

/** What a negotiation says and asks for. */
export interface NegotiationListener {
  /** This description is for the other side; an answer is for the offer with this id. */
  described(description: RTCSessionDescriptionInit, answeredOffer: string | null): void;
  /** What was described may have been lost: it is to be said again. */
  repeat(): void;
  /** An offer is there, and not yet answered: what is to be sent may be added now. */
  beforeAnswer(): void;
  /** Both sides agree. */
  settled(): void;
  /** Something could not be done. */
  failed(error: unknown): void;
}

/**
 * Agrees with one peer on what is sent. When offers cross, the side rolls back that made the first
 * offer which was answered; before there was one, the side that is `polite`. (In Chromium 156 the
 * other side would lose the picture that it receives, if it has never made an offer itself.)
 */
export class Negotiation {
  #queue: Promise<void> = Promise.resolve();
  #queued = 0;
  #earlyCandidates: (RTCIceCandidateInit | null)[] = [];
  #madeFirstOffer: boolean | null = null;
  /** How many offers have come: with another one the ones before it are void. */
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

  /** Makes an offer, unless one is under way: the connection asks again when that is settled. */
  offer(): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState === "stable") await this.#describe(null);
    });
  }

  /**
   * Takes an offer; its answer is told with this id. Where an answer was lost, on this side or
   * the other, all is said again instead; that is known when the offer has its number.
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

  /** Takes an answer, if it is one to the offer that waits: that is known when it has its number. */
  receiveAnswer(answer: RTCSessionDescriptionInit, isExpected: () => boolean): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState !== "have-local-offer" || !isExpected()) return;
      await this.connection.setRemoteDescription(answer);
      this.#madeFirstOffer ??= true;
      await this.#addEarlyCandidates();
      this.listener.settled();
    });
  }

  /** Takes a candidate of the other side. */
  receiveCandidate(candidate: RTCIceCandidateInit | null): void {
    this.#enqueue(async () => {
      if (this.connection.remoteDescription) await this.#addCandidate(candidate);
      else if (this.#earlyCandidates.length < MOST_EARLY_CANDIDATES)
        this.#earlyCandidates.push(candidate);
    });
  }

  /** Finds new paths to the other side, and says again what may have been lost. */
  recover(): void {
    this.#enqueue(() => {
      this.listener.repeat();
      this.connection.restartIce();
      return Promise.resolve();
    });
  }

  /** Does nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.connection.close();
  }

  async #answerOffer(offer: RTCSessionDescriptionInit, id: string | null): Promise<void> {
    await this.connection.setRemoteDescription(offer); // rolls back an offer of our own
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
      // It belongs to an offer that was ignored or lost. If there is no path without it, ICE
      // fails, and is restarted.
    }
  }

  /** What fails because the connection was closed meanwhile is no fault. */
  #fail(error: unknown): void {
    if (!this.#isClosed) this.listener.failed(error);
  }

  /** Tells whether it has a place in the row. */
  #enqueue(act: () => Promise<void>): boolean {
    if (this.#queued >= MOST_QUEUED) {
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
