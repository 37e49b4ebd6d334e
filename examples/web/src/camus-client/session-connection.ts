// One connection of a session: sends, receives, acknowledges, and detects when it is dead.

import type { Clock } from "./clock";
import { CountMismatch } from "./delivery";
import type { Delivery } from "./delivery";
import { mayBeFromSender, isCounted, parseFrame, byteLength } from "./frames";
import { ACK_AFTER, GROUND_CONTROL } from "./generated";
import type { Ack, ErrorBody, Heard, Ping, Pong } from "./generated";
import type { Transport, TransportListener } from "./transport";

/**
 * The fraction of the server's own silence limit after which the client pings a silent server.
 * After the same time again it reconnects, while the server still holds its place.
 */
const SILENCE_SHARE = 1 / 3;

/** The seconds that a server may take to respond when its connection is in doubt. */
export const PROBE_SECONDS = 3;

/** A timer this late, in seconds, is a sign of sleep: unread frames may be waiting. */
const LATE_SECONDS = 2;

/** Receives the events of a session's connection. */
export interface SessionConnectionListener {
  /** A message arrived that the connection doesn't handle itself. */
  received(message: Heard): void;
  /** The server has confirmed messages. */
  confirmed(): void;
  /**
   * The connection has ended; no further event follows. `error` is the server's last message,
   * if that was an error.
   */
  ended(code: number, error: ErrorBody | null): void;
}

/**
 * Sends the frames of a delivery, and passes on the messages received. It handles acks, and the
 * server's pings and pongs, itself.
 */
export class SessionConnection implements TransportListener {
  readonly #silenceSeconds: number;
  #stopWatching: () => void = () => undefined;
  #stopAcknowledging: (() => void) | null = null;
  /**
   * The start of the current silence, whether a ping was sent, and whether sleep excused it.
   */
  #silence: { since: number; pinged: boolean; excused: boolean };
  #dueAt = 0;
  #lastError: ErrorBody | null = null;

  constructor(
    readonly transport: Transport,
    readonly delivery: Delivery,
    readonly clock: Clock,
    readonly listener: SessionConnectionListener,
  ) {
    this.#silenceSeconds = delivery.limits.silent_for * SILENCE_SHARE;
    this.#silence = { since: clock.now(), pinged: false, excused: false };
    this.#watch(this.#silenceSeconds);
  }

  /** Sends all enqueued frames. */
  flush(): void {
    for (const frame of this.delivery.drain()) this.transport.send(frame);
  }

  /** Checks at once whether the connection is alive, unless a check is in progress. */
  probe(): void {
    const isProbing = this.#silence.pinged && this.#dueAt <= this.clock.now() + PROBE_SECONDS;
    if (!isProbing) this.#ping(PROBE_SECONDS);
  }

  /** Ends the connection; the listener isn't called any more. */
  abort(): void {
    this.#stopTimers();
    this.transport.abort();
  }

  // From the server -----------------------------------------------------------------------

  opened(): void {
    // The transport was open before this object was created.
  }

  received(frame: string): void {
    this.#silence = { since: this.clock.now(), pinged: false, excused: false };
    const parsed = parseFrame(frame);
    if (parsed.kind === "unknown") {
      // An unknown type of a newer server, which counts it nevertheless.
      if (parsed.counted) this.#count(frame);
      return;
    }
    const { message } = parsed;
    if (isCounted(message.type)) this.#count(frame);
    if (mayBeFromSender(message)) this.#dispatch(message);
  }

  closed(code: number): void {
    this.#stopTimers();
    this.listener.ended(code, this.#lastError);
  }

  #dispatch(message: Heard): void {
    const byServer = message.sender === GROUND_CONTROL;
    this.#lastError = byServer && message.type === "error" ? message.data : null;
    if (message.type === "ack") {
      this.#confirm(message.data.received);
    } else if (byServer && message.type === "ping") {
      this.#sendMessage({ type: "pong", receiver: GROUND_CONTROL, data: message.data });
    } else if (!(byServer && message.type === "pong")) {
      this.listener.received(message);
    }
  }

  #confirm(received: number): void {
    try {
      this.delivery.confirm(received);
    } catch (error) {
      if (!(error instanceof CountMismatch)) throw error;
      this.abort();
      return this.listener.ended(1002, null);
    }
    this.listener.confirmed();
  }

  // To the server -------------------------------------------------------------------------

  #count(frame: string): void {
    if (this.delivery.countReceived(byteLength(frame))) this.#acknowledge();
    else {
      this.#stopAcknowledging ??= this.clock.after(ACK_AFTER.seconds, () =>
        this.#acknowledge(),
      );
    }
  }

  #acknowledge(): void {
    this.#stopAcknowledging?.();
    this.#stopAcknowledging = null;
    const received = this.delivery.takeAckCount();
    if (received === null) return;
    this.#sendMessage({ type: "ack", receiver: GROUND_CONTROL, data: { received } });
  }

  #sendMessage(message: Ack | Ping | Pong): void {
    this.transport.send(JSON.stringify(message));
  }

  // Liveness ------------------------------------------------------------------------------

  #checkSilence(): void {
    const { since, pinged, excused } = this.#silence;
    const now = this.clock.now();
    const hasSlept = now - this.#dueAt > LATE_SECONDS;
    if (pinged && (excused || !hasSlept)) {
      this.abort();
      return this.listener.ended(1006, null);
    }
    const remaining = since + this.#silenceSeconds - now;
    if (hasSlept) {
      this.#silence.excused = true;
      this.#ping(PROBE_SECONDS);
    } else if (remaining > 0) {
      this.#watch(remaining);
    } else {
      this.#ping(this.#silenceSeconds);
    }
  }

  #ping(seconds: number): void {
    this.#silence.pinged = true;
    this.#sendMessage({ type: "ping", receiver: GROUND_CONTROL });
    this.#watch(seconds);
  }

  #watch(seconds: number): void {
    this.#stopWatching();
    this.#dueAt = this.clock.now() + seconds;
    this.#stopWatching = this.clock.after(seconds, () => this.#checkSilence());
  }

  #stopTimers(): void {
    this.#stopWatching();
    this.#stopAcknowledging?.();
    this.#stopAcknowledging = null;
  }
}
