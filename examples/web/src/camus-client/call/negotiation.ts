// Perfect negotiation (W3C WebRTC 1.0, section 10.7) over one peer connection.
//
// Everything that is done to the connection waits in one row: so whether offers cross can be
// read off its `signalingState`.

import type { Clock } from "../clock";
import type { PeerConnection } from "./peer-connection";
import { Turns } from "./offer-rate-limit";

/** Candidates that came before any description: more than one peer's network has. */
const MOST_EARLY = 256;

/** What waits in the row: more than one peer says while a browser does one thing. */
const MOST_WAITING = 512;

/** What a negotiation says and asks for. */
export interface Negotiator {
  /** This description is for the other side; an answer is for the offer with this id. */
  describe(description: RTCSessionDescriptionInit, answers: string | null): void;
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
  #row: Promise<void> = Promise.resolve();
  #waiting = 0;
  #early: (RTCIceCandidateInit | null)[] = [];
  #madeTheFirst: boolean | null = null;
  /** How many offers have come: with another one the ones before it are void. */
  #offers = 0;
  readonly #turns: Turns;
  #isClosed = false;

  constructor(
    readonly connection: PeerConnection,
    readonly polite: boolean,
    readonly negotiator: Negotiator,
    clock: Clock,
  ) {
    this.#turns = new Turns(clock);
  }

  /** Makes an offer, unless one is under way: the connection asks again when that is settled. */
  offer(): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState === "stable") await this.#describe(null);
    });
  }

  /**
   * Takes an offer; its answer is told with this id. Where an answer was lost, on this side or
   * the other, all is said again instead; that is known when the offer has its turn.
   */
  hearOffer(
    offer: RTCSessionDescriptionInit,
    id: string | null,
    lacksAnswer: (crosses: boolean) => boolean,
  ): void {
    const turn = this.#offers + 1;
    const isQueued = this.#enqueue(async () => {
      if (turn < this.#offers) return;
      await this.#turns.next();
      if (turn < this.#offers || this.#isClosed) return;
      const crosses = this.connection.signalingState !== "stable";
      if (lacksAnswer(crosses)) this.negotiator.repeat();
      else if (!crosses || (this.#madeTheFirst ?? this.polite))
        await this.#hearOffer(offer, id);
    });
    if (isQueued) this.#offers = turn;
  }

  /** Takes an answer, if it is one to the offer that waits: that is known when it has its turn. */
  hearAnswer(answer: RTCSessionDescriptionInit, isExpected: () => boolean): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState !== "have-local-offer" || !isExpected()) return;
      await this.connection.setRemoteDescription(answer);
      this.#madeTheFirst ??= true;
      await this.#addEarly();
      this.negotiator.settled();
    });
  }

  /** Takes a candidate of the other side. */
  hearCandidate(candidate: RTCIceCandidateInit | null): void {
    this.#enqueue(async () => {
      if (this.connection.remoteDescription) await this.#add(candidate);
      else if (this.#early.length < MOST_EARLY) this.#early.push(candidate);
    });
  }

  /** Finds new paths to the other side, and says again what may have been lost. */
  recover(): void {
    this.#enqueue(() => {
      this.negotiator.repeat();
      this.connection.restartIce();
      return Promise.resolve();
    });
  }

  /** Does nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.connection.close();
  }

  async #hearOffer(offer: RTCSessionDescriptionInit, id: string | null): Promise<void> {
    await this.connection.setRemoteDescription(offer); // rolls back an offer of our own
    await this.#addEarly();
    this.negotiator.beforeAnswer();
    await this.#describe(id);
    this.#madeTheFirst ??= false;
    this.negotiator.settled();
  }

  async #describe(answers: string | null): Promise<void> {
    await this.connection.setLocalDescription();
    const { localDescription } = this.connection;
    if (localDescription && !this.#isClosed) {
      this.negotiator.describe(localDescription, answers);
    }
  }

  async #addEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch {
      // It belongs to an offer that was ignored or lost. If there is no path without it, ICE
      // fails, and is restarted.
    }
  }

  /** What fails because the connection was closed meanwhile is no fault. */
  #fail(error: unknown): void {
    if (!this.#isClosed) this.negotiator.failed(error);
  }

  /** Tells whether it has a place in the row. */
  #enqueue(act: () => Promise<void>): boolean {
    if (this.#waiting >= MOST_WAITING) {
      this.#fail(new Error("too much at once"));
      return false;
    }
    this.#waiting += 1;
    this.#row = this.#row.then(async () => {
      this.#waiting -= 1;
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
