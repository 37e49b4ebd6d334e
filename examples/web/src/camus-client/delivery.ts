// The client's end of delivery: what it hears is counted, what it says is kept. No I/O.
//
// Nothing is stamped: both ends count every frame after `joined`, and after the `join` that it
// answers, but `ping`, `pong` and `ack` ("Counting" in docs/protocol.md).

import { isCounted, byteLength } from "./frames";
import type { SendableMessage } from "./frames";
import { ACK_AFTER } from "./generated";
import type { Allowance } from "./generated";

interface Outgoing {
  readonly message: SendableMessage;
  readonly frame: string;
  readonly size: number;
}

/** The server has counted otherwise than this client. */
export class CountMismatch extends Error {}

/**
 * What one session has said and heard.
 *
 * `received` counts the frames of the server. Of the client's own frames some wait to be
 * written, and those that were written are kept until the server confirms them.
 */
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

  /** Counts a frame of the server; tells whether an `ack` is due. */
  countReceived(size: number): boolean {
    this.#received += 1;
    this.#unacknowledgedBytes += size;
    return (
      this.#received - this.#acknowledged >= ACK_AFTER.frames ||
      this.#unacknowledgedBytes >= ACK_AFTER.bytes
    );
  }

  /** Returns the number to put into an `ack`, or null when it has not grown. */
  takeAckCount(): number | null {
    if (this.#received === this.#acknowledged) return null;
    this.#acknowledged = this.#received;
    this.#unacknowledgedBytes = 0;
    return this.#received;
  }

  /**
   * The server has received so many frames: those need not be kept.
   *
   * @throws Miscounted - it has been sent fewer, or has confirmed more before.
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

  /** Tells whether a frame of this size may be put; an only one always may. */
  fits(size: number): boolean {
    const kept = this.#unconfirmed.length + this.#unsent.length;
    return (
      kept === 0 ||
      (kept < this.limits.unconfirmed_frames &&
        this.#bytes + size <= this.limits.unconfirmed_bytes)
    );
  }

  /** Has a message written, when there is a connection. */
  enqueue(message: SendableMessage, frame: string): void {
    const size = byteLength(frame);
    this.#unsent.push({ message, frame, size });
    this.#bytes += size;
  }

  /** Returns the frames to write now, in order. */
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
   * Goes on: what the server has not received is written again, in order. Messages that don't
   * count were of the old connection, and go with it.
   *
   * @throws Miscounted - see `confirm`.
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
   * Counts from 0 again, and returns what nobody has confirmed. `received` is how many frames
   * of the old count the server has received, if it knows.
   *
   * @throws Miscounted - see `confirm`.
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
