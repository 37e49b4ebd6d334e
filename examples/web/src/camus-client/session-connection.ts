// One connection of a session while it lasts: read, written, and watched.

import type { Clock } from "./clock";
import { Miscounted } from "./delivery";
import type { Delivery } from "./delivery";
import { isBelievable, isCounted, read, sizeOf } from "./frames";
import { ACK_AFTER, GROUND_CONTROL } from "./generated";
import type { Ack, Heard, Ping, Pong } from "./generated";
import type { Wire, WireListener } from "./transport";

/**
 * The share of the server's own patience with a silent client after which the client pings,
 * and after which once more it comes back: before its place is lost.
 */
const PATIENCE = 1 / 3;

/** How long a server may take to answer when there is reason to doubt that it is there. */
export const PROBE_SECONDS = 3;

/** A timer that is so much too late tells of sleep: an answer may lie there unread. */
const LATE = 2;

/** Hears what comes over a link. */
export interface LinkListener {
  /** The server or a member of the room says something that the link doesn't deal with. */
  heard(message: Heard): void;
  /** The server has confirmed what was sent. */
  confirmed(): void;
  /** The connection has ended; nothing more comes. */
  ended(code: number, retryAfter: number | null): void;
}

/**
 * Carries what `delivery` has to say, and tells what the server says. Pings of the server,
 * pongs and acks are dealt with here.
 */
export class Link implements WireListener {
  readonly #patience: number;
  #stopWatching: () => void = () => undefined;
  #stopAcknowledging: (() => void) | null = null;
  /** Since when nothing was heard, and whether that was in doubt or excused by sleep since. */
  #silence: { since: number; asked: boolean; excused: boolean };
  #due = 0;
  #retryAfter: number | null = null;

  constructor(
    readonly wire: Wire,
    readonly delivery: Delivery,
    readonly clock: Clock,
    readonly listener: LinkListener,
  ) {
    this.#patience = delivery.limits.silent_for * PATIENCE;
    this.#silence = { since: clock.now(), asked: false, excused: false };
    this.#watch(this.#patience);
  }

  /** Writes what there is to write. */
  flush(): void {
    for (const frame of this.delivery.take()) this.wire.send(frame);
  }

  /** Looks at once whether the connection lives, unless that is being done. */
  probe(): void {
    const isProbing = this.#silence.asked && this.#due <= this.clock.now() + PROBE_SECONDS;
    if (!isProbing) this.#ask(PROBE_SECONDS);
  }

  /** Ends the connection, without a word; the listener does not hear of it. */
  cut(): void {
    this.#stopTimers();
    this.wire.cut();
  }

  // What the server says ------------------------------------------------------------------

  opened(): void {
    // It was open before there was a link.
  }

  heard(frame: string): void {
    this.#silence = { since: this.clock.now(), asked: false, excused: false };
    const heard = read(frame);
    if (heard.kind === "unknown") {
      // Of a newer server, which counts it all the same.
      if (heard.counted) this.#count(frame);
      return;
    }
    const { message } = heard;
    if (isCounted(message.type)) this.#count(frame);
    if (isBelievable(message)) this.#take(message);
  }

  closed(code: number): void {
    this.#stopTimers();
    this.listener.ended(code, this.#retryAfter);
  }

  #take(message: Heard): void {
    const byServer = message.sender === GROUND_CONTROL;
    this.#retryAfter = message.type === "error" ? (message.data.retry_after ?? null) : null;
    if (message.type === "ack") {
      this.#confirm(message.data.received);
    } else if (byServer && message.type === "ping") {
      this.#say({ type: "pong", receiver: GROUND_CONTROL, data: message.data });
    } else if (!(byServer && message.type === "pong")) {
      this.listener.heard(message);
    }
  }

  #confirm(received: number): void {
    try {
      this.delivery.confirm(received);
    } catch (error) {
      if (!(error instanceof Miscounted)) throw error;
      this.cut();
      return this.listener.ended(1002, null);
    }
    this.listener.confirmed();
  }

  // What is said to it --------------------------------------------------------------------

  #count(frame: string): void {
    if (this.delivery.count(sizeOf(frame))) this.#acknowledge();
    else {
      this.#stopAcknowledging ??= this.clock.after(ACK_AFTER.seconds, () =>
        this.#acknowledge(),
      );
    }
  }

  #acknowledge(): void {
    this.#stopAcknowledging?.();
    this.#stopAcknowledging = null;
    const received = this.delivery.acknowledge();
    if (received === null) return;
    this.#say({ type: "ack", receiver: GROUND_CONTROL, data: { received } });
  }

  #say(message: Ack | Ping | Pong): void {
    this.wire.send(JSON.stringify(message));
  }

  // Whether it lives ----------------------------------------------------------------------

  #lookWhetherSilent(): void {
    const { since, asked, excused } = this.#silence;
    const now = this.clock.now();
    const hasSlept = now - this.#due > LATE;
    if (asked && (excused || !hasSlept)) {
      this.cut();
      return this.listener.ended(1006, null);
    }
    const wait = since + this.#patience - now;
    if (hasSlept) {
      this.#silence.excused = true;
      this.#ask(PROBE_SECONDS);
    } else if (wait > 0) {
      this.#watch(wait);
    } else {
      this.#ask(this.#patience);
    }
  }

  #ask(patience: number): void {
    this.#silence.asked = true;
    this.#say({ type: "ping", receiver: GROUND_CONTROL });
    this.#watch(patience);
  }

  #watch(seconds: number): void {
    this.#stopWatching();
    this.#due = this.clock.now() + seconds;
    this.#stopWatching = this.clock.after(seconds, () => this.#lookWhetherSilent());
  }

  #stopTimers(): void {
    this.#stopWatching();
    this.#stopAcknowledging?.();
    this.#stopAcknowledging = null;
  }
}
