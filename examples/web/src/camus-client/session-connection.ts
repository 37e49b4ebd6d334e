// One connection of a session while it lasts: read, written, and watched.

import type { Clock } from "./clock";
import { CountMismatch } from "./delivery";
import type { Delivery } from "./delivery";
import { mayBeFromSender, isCounted, parseFrame, byteLength } from "./frames";
import { ACK_AFTER, GROUND_CONTROL } from "./generated";
import type { Ack, Heard, Ping, Pong } from "./generated";
import type { Transport, TransportListener } from "./transport";

/**
 * The share of the server's own patience with a silent client after which the client pings,
 * and after which once more it comes back: before its place is lost.
 */
const SILENCE_SHARE = 1 / 3;

/** How long a server may take to answer when there is reason to doubt that it is there. */
export const PROBE_SECONDS = 3;

/** A timer that is so much too late tells of sleep: an answer may lie there unread. */
const LATE_SECONDS = 2;

/** Hears what comes over a link. */
export interface SessionConnectionListener {
  /** The server or a member of the room says something that the link doesn't deal with. */
  received(message: Heard): void;
  /** The server has confirmed what was sent. */
  confirmed(): void;
  /** The connection has ended; nothing more comes. */
  ended(code: number, retryAfter: number | null): void;
}

/**
 * Carries what `delivery` has to say, and tells what the server says. Pings of the server,
 * pongs and acks are dealt with here.
 */
export class SessionConnection implements TransportListener {
  readonly #silenceSeconds: number;
  #stopWatching: () => void = () => undefined;
  #stopAcknowledging: (() => void) | null = null;
  /** Since when nothing was heard, and whether that was in doubt or excused by sleep since. */
  #silence: { since: number; pinged: boolean; excused: boolean };
  #dueAt = 0;
  #retryAfter: number | null = null;

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

  /** Writes what there is to write. */
  flush(): void {
    for (const frame of this.delivery.drain()) this.transport.send(frame);
  }

  /** Looks at once whether the connection lives, unless that is being done. */
  probe(): void {
    const isProbing = this.#silence.pinged && this.#dueAt <= this.clock.now() + PROBE_SECONDS;
    if (!isProbing) this.#ping(PROBE_SECONDS);
  }

  /** Ends the connection, without a word; the listener does not hear of it. */
  abort(): void {
    this.#stopTimers();
    this.transport.abort();
  }

  // What the server says ------------------------------------------------------------------

  opened(): void {
    // It was open before there was a link.
  }

  received(frame: string): void {
    this.#silence = { since: this.clock.now(), pinged: false, excused: false };
    const parsed = parseFrame(frame);
    if (parsed.kind === "unknown") {
      // Of a newer server, which counts it all the same.
      if (parsed.counted) this.#count(frame);
      return;
    }
    const { message } = parsed;
    if (isCounted(message.type)) this.#count(frame);
    if (mayBeFromSender(message)) this.#dispatch(message);
  }

  closed(code: number): void {
    this.#stopTimers();
    this.listener.ended(code, this.#retryAfter);
  }

  #dispatch(message: Heard): void {
    const byServer = message.sender === GROUND_CONTROL;
    this.#retryAfter = message.type === "error" ? (message.data.retry_after ?? null) : null;
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

  // What is said to it --------------------------------------------------------------------

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

  // Whether it lives ----------------------------------------------------------------------

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
