// Perfect negotiation (W3C WebRTC 1.0, section 10.7) over one peer connection.
//
// Everything that is done to the connection waits in one row: so whether offers cross can be
// read off its `signalingState`.

import type { PeerConnection } from "./peer-connection";

/** Candidates that came before any description: more than one peer's network has. */
const MOST_EARLY = 256;

/** What a negotiation says and asks for. */
export interface Negotiator {
  /** This description is for the other side. */
  describe(description: RTCSessionDescriptionInit): void;
  /** An offer is there, and not yet answered: what is to be sent may be added now. */
  beforeAnswer(): void;
  /** Both sides agree. */
  settled(): void;
  /** Something could not be done. */
  failed(error: unknown): void;
}

/** Agrees with one peer on what is sent; when offers cross, the `polite` side rolls back. */
export class Negotiation {
  #row: Promise<void> = Promise.resolve();
  #early: (RTCIceCandidateInit | null)[] = [];
  #hasIgnored = false;
  #isClosed = false;

  constructor(
    readonly connection: PeerConnection,
    readonly polite: boolean,
    readonly negotiator: Negotiator,
  ) {}

  /** Makes an offer, unless one is under way: the connection asks again when that is settled. */
  offer(): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState === "stable") await this.#describe();
    });
  }

  /** Takes an offer or an answer. */
  hear(description: RTCSessionDescriptionInit): void {
    this.#enqueue(() =>
      description.type === "offer"
        ? this.#hearOffer(description)
        : this.#hearAnswer(description),
    );
  }

  /** Takes a candidate of the other side. */
  hearCandidate(candidate: RTCIceCandidateInit | null): void {
    this.#enqueue(async () => {
      if (this.connection.remoteDescription) await this.#add(candidate);
      else if (this.#early.length < MOST_EARLY) this.#early.push(candidate);
    });
  }

  /** Finds new paths to the other side; an offer that waits for its answer is taken back. */
  restart(): void {
    this.#enqueue(async () => {
      if (this.connection.signalingState === "have-local-offer") {
        await this.connection.setLocalDescription({ type: "rollback" });
      }
      this.connection.restartIce();
    });
  }

  /** Does something when all is done that came before. */
  then(act: () => void): void {
    this.#enqueue(() => {
      act();
      return Promise.resolve();
    });
  }

  /** Does nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.connection.close();
  }

  async #hearOffer(offer: RTCSessionDescriptionInit): Promise<void> {
    const crosses = this.connection.signalingState !== "stable";
    this.#hasIgnored = crosses && !this.polite;
    if (this.#hasIgnored) return;
    await this.connection.setRemoteDescription(offer); // rolls back an offer of our own
    await this.#addEarly();
    this.negotiator.beforeAnswer();
    await this.#describe();
    this.negotiator.settled();
  }

  async #hearAnswer(answer: RTCSessionDescriptionInit): Promise<void> {
    if (this.connection.signalingState !== "have-local-offer") return; // its offer is taken back
    await this.connection.setRemoteDescription(answer);
    await this.#addEarly();
    this.negotiator.settled();
  }

  async #describe(): Promise<void> {
    await this.connection.setLocalDescription();
    const { localDescription } = this.connection;
    if (localDescription && !this.#isClosed) this.negotiator.describe(localDescription);
  }

  async #addEarly(): Promise<void> {
    for (const candidate of this.#early.splice(0)) await this.#add(candidate);
  }

  async #add(candidate: RTCIceCandidateInit | null): Promise<void> {
    try {
      await this.connection.addIceCandidate(candidate);
    } catch (error) {
      if (!this.#hasIgnored) throw error; // else it belongs to the offer that was ignored
    }
  }

  /** What fails because the connection was closed meanwhile is no fault. */
  #fail(error: unknown): void {
    if (!this.#isClosed) this.negotiator.failed(error);
  }

  #enqueue(act: () => Promise<void>): void {
    this.#row = this.#row.then(async () => {
      if (this.#isClosed) return;
      try {
        await act();
      } catch (error) {
        this.#fail(error);
      }
    });
  }
}
