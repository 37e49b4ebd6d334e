// The client's end of delivery: it counts received frames and keeps sent ones. No I/O.
//
// Frames carry no sequence numbers. Both ends count every frame after `joined`, and after the
// `join` that it answers, except `ping`, `pong` and `ack` ("Counting" in docs/protocol.md).
//
// A frame of the client is unsent until there is a connection, and unconfirmed until the
// server's `ack` covers it. When a session resumes, the server says how many frames it has
// received: the client sends the rest again, in order. When it can't resume, a new epoch
// begins: both counts start at 0, and the unconfirmed messages are handed back as expired,
// because nobody knows whether they arrived.

import { isCounted, byteLength } from "./frames";
import type { SendableMessage } from "./frames";
import { ACK_AFTER } from "./generated";
import type { Allowance } from "./generated";

interface Outgoing {
  readonly message: SendableMessage;
  readonly frame: string;
  readonly size: number;
}

/** The server's count contradicts this client's. */
export class CountMismatch extends Error {}

/** The delivery state of one session, over all its connections. */
export class Delivery {
  #received = 0;
  #acknowledged = 0;
  #unacknowledgedBytes = 0;
  #confirmed = 0;
  #bytes = 0;
  #unconfirmed: Outgoing[] = [];
  #unsent: Outgoing[] = [];

  constructor(public limits: Allowance) {}

  get received(): number {
    return this.#received;
  }

  // From the server -----------------------------------------------------------------------

  /** Counts a frame of the server; returns whether an `ack` is due. */
  countReceived(size: number): boolean {
    this.#received += 1;
    this.#unacknowledgedBytes += size;
    return (
      this.#received - this.#acknowledged >= ACK_AFTER.frames ||
      this.#unacknowledgedBytes >= ACK_AFTER.bytes
    );
  }

  /** Returns the count for an `ack`, or null if it hasn't grown since the last one. */
  takeAckCount(): number | null {
    if (this.#received === this.#acknowledged) return null;
    this.#acknowledged = this.#received;
    this.#unacknowledgedBytes = 0;
    return this.#received;
  }

  /**
   * Drops the frames that the server has received.
   *
   * @param received - the frames that the server has received in this epoch.
   * @throws CountMismatch - fewer were sent, or more were confirmed before.
   */
  confirm(received: number): void {
    const confirmed = received - this.#confirmed;
    if (!(confirmed >= 0 && confirmed <= this.#unconfirmed.length)) {
      throw new CountMismatch(`${received} frames can't have been received`);
    }
    for (const { size } of this.#unconfirmed.splice(0, confirmed)) this.#bytes -= size;
    this.#confirmed = received;
  }

  // To the server -------------------------------------------------------------------------

  /** Returns whether a frame of this size may be enqueued; a single frame always may. */
  fits(size: number): boolean {
    const kept = this.#unconfirmed.length + this.#unsent.length;
    return (
      kept === 0 ||
      (kept < this.limits.unconfirmed_frames &&
        this.#bytes + size <= this.limits.unconfirmed_bytes)
    );
  }

  /** Enqueues a message to be sent when there is a connection. */
  enqueue(message: SendableMessage, frame: string): void {
    const size = byteLength(frame);
    this.#unsent.push({ message, frame, size });
    this.#bytes += size;
  }

  /** Returns the frames to send now, in order. */
  drain(): string[] {
    const frames = this.#unsent.map(({ frame }) => frame);
    for (const outgoing of this.#unsent) {
      if (isCounted(outgoing.message.type)) this.#unconfirmed.push(outgoing);
      else this.#bytes -= outgoing.size;
    }
    this.#unsent = [];
    return frames;
  }

  // On a new connection -------------------------------------------------------------------

  /**
   * Continues the epoch: frames that the server hasn't received are sent again, in order.
   * Uncounted messages belong to the old connection and are dropped.
   *
   * @throws CountMismatch - see `confirm`.
   */
  resume(received: number): void {
    this.confirm(received);
    this.#unsent = this.#counted();
    this.#unconfirmed = [];
    this.#bytes = this.#unsent.reduce((sum, { size }) => sum + size, 0);
    this.#acknowledged = this.#received;
    this.#unacknowledgedBytes = 0;
  }

  /**
   * Starts a new epoch, and returns the messages that weren't confirmed.
   *
   * @param received - the frames of the old epoch that the server has received, if it knows.
   * @throws CountMismatch - see `confirm`.
   */
  startNewEpoch(received: number | null): SendableMessage[] {
    if (received !== null) this.confirm(received);
    const expired = this.#counted().map(({ message }) => message);
    this.#unconfirmed = [];
    this.#unsent = [];
    this.#confirmed = this.#bytes = 0;
    this.#received = this.#acknowledged = this.#unacknowledgedBytes = 0;
    return expired;
  }

  #counted(): Outgoing[] {
    return [...this.#unconfirmed, ...this.#unsent].filter(({ message }) =>
      isCounted(message.type),
    );
  }
}
