// The way into a room: one connection, one `join`, and its answer.

import type { Clock } from "./clock";
import { read } from "./frames";
import { GROUND_CONTROL, LIMITS, SUBPROTOCOL } from "./generated";
import type { ErrorBody, Heard, Join, JoinBody, JoinedBody, Ping, Pong } from "./generated";
import { PROBE_SECONDS } from "./session-connection";
import type { NoPlace } from "./handshake-refusal";
import type { OpenWire, Wire, WireListener } from "./transport";

/** A database that somebody else has locked, and a queue of passwords before one's own. */
const ANSWER_SECONDS = 15;

const JOIN_ID = "join";

/** Hears how a knock ends: exactly one of `entered`, `refused` and `failed`. */
export interface Visitor {
  /** The room is locked: how it ends comes when somebody inside has decided. */
  waits(): void;
  /** The client is in; with `follow` it says at once who hears what comes next on the wire. */
  entered(joined: JoinedBody, wire: Wire, follow: (listener: WireListener) => void): void;
  /** The room doesn't let it in. */
  refused(error: ErrorBody): void;
  /** The connection could not be had, or has ended before there was an answer. */
  failed(code: number, error: ErrorBody | null, noPlace?: NoPlace): void;
}

/** A knock that goes on. */
export interface Knocking {
  /** Ends it; the visitor hears no more of it. */
  giveUp(): void;
  /** The server has to say something soon: the connection may be dead. */
  probe(): void;
}

/** Opens a connection and says `join`. */
export function knock(
  open: OpenWire,
  url: string,
  join: JoinBody,
  clock: Clock,
  visitor: Visitor,
): Knocking {
  let error: ErrorBody | null = null;
  let waits = false;
  let isProbing = false;
  let stopWatching = (): void => undefined;

  const expectWord = (seconds: number): void => {
    stopWatching();
    stopWatching = clock.after(seconds, () => {
      wire.cut();
      visitor.failed(1006, error);
    });
  };

  const giveUp = (): void => {
    stopWatching();
    wire.cut();
  };

  const probe = (): void => {
    if (isProbing) return;
    isProbing = true;
    const ping: Ping = { type: "ping", receiver: GROUND_CONTROL };
    if (waits) wire.send(JSON.stringify(ping));
    expectWord(PROBE_SECONDS);
  };

  const hear = (message: Heard): void => {
    if (message.sender !== GROUND_CONTROL) return;
    if (message.type === "ping") wire.send(JSON.stringify(pong(message.data)));
    if (message.type === "waiting") {
      waits = true;
      expectWord(LIMITS.silent_for);
      visitor.waits();
    }
    if (message.type === "joined") {
      stopWatching();
      visitor.entered(message.data, wire, (follower) => (listener = follower));
    }
    if (message.type === "error") {
      error = message.data;
      if (message.reply_to !== JOIN_ID) return;
      giveUp();
      visitor.refused(error);
    }
  };

  let listener: WireListener = {
    opened: () => wire.send(JSON.stringify(question(join))),
    heard(frame) {
      // Somebody decides when they like; until then the server's pings say that it lives.
      if (waits) expectWord(LIMITS.silent_for);
      isProbing = false;
      const heard = read(frame);
      if (heard.kind === "message") hear(heard.message);
    },
    closed(code, noPlace) {
      stopWatching();
      visitor.failed(code, error, noPlace);
    },
  };

  const wire = open(url, [SUBPROTOCOL], {
    opened: (protocol) => listener.opened(protocol),
    heard: (frame) => listener.heard(frame),
    closed: (code, noPlace) => listener.closed(code, noPlace),
  });
  expectWord(ANSWER_SECONDS);
  return { giveUp, probe };
}

const question = (join: JoinBody): Join => ({
  type: "join",
  receiver: GROUND_CONTROL,
  id: JOIN_ID,
  data: join,
});

const pong = (data: unknown): Pong => ({ type: "pong", receiver: GROUND_CONTROL, data });
