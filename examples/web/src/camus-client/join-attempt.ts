// The way into a room: one connection, one `join`, and its answer.

import type { Clock } from "./clock";
import { parseFrame } from "./frames";
import { GROUND_CONTROL, LIMITS, SUBPROTOCOL } from "./generated";
import type { ErrorBody, Heard, Join, JoinBody, JoinedBody, Ping, Pong } from "./generated";
import { PROBE_SECONDS } from "./session-connection";
import type { HandshakeRefusal } from "./handshake-refusal";
import type { OpenTransport, Transport, TransportListener } from "./transport";

/** A database that somebody else has locked, and a queue of passwords before one's own. */
const REPLY_SECONDS = 15;

const JOIN_ID = "join";

/** Hears how a knock ends: exactly one of `entered`, `refused` and `failed`. */
export interface JoinListener {
  /** The room is locked: how it ends comes when somebody inside has decided. */
  waiting(): void;
  /** The client is in; with `follow` it says at once who hears what comes next on the transport. */
  entered(
    joined: JoinedBody,
    transport: Transport,
    follow: (listener: TransportListener) => void,
  ): void;
  /** The room doesn't let it in. */
  refused(error: ErrorBody): void;
  /** The connection could not be had, or has ended before there was an answer. */
  failed(code: number, error: ErrorBody | null, handshakeRefusal?: HandshakeRefusal): void;
}

/** A knock that goes on. */
export interface JoinAttempt {
  /** Ends it; the observer hears no more of it. */
  cancel(): void;
  /** The server has to say something soon: the connection may be dead. */
  probe(): void;
}

/** Opens a connection and says `join`. */
export function startJoin(
  open: OpenTransport,
  url: string,
  join: JoinBody,
  clock: Clock,
  observer: JoinListener,
): JoinAttempt {
  let error: ErrorBody | null = null;
  let isWaiting = false;
  let isProbing = false;
  let stopTimer = (): void => undefined;

  const expectFrameWithin = (seconds: number): void => {
    stopTimer();
    stopTimer = clock.after(seconds, () => {
      transport.abort();
      observer.failed(1006, error);
    });
  };

  const cancel = (): void => {
    stopTimer();
    transport.abort();
  };

  const probe = (): void => {
    if (isProbing) return;
    isProbing = true;
    const ping: Ping = { type: "ping", receiver: GROUND_CONTROL };
    if (isWaiting) transport.send(JSON.stringify(ping));
    expectFrameWithin(PROBE_SECONDS);
  };

  const receive = (message: Heard): void => {
    if (message.sender !== GROUND_CONTROL) return;
    if (message.type === "ping") transport.send(JSON.stringify(pong(message.data)));
    if (message.type === "waiting") {
      isWaiting = true;
      expectFrameWithin(LIMITS.silent_for);
      observer.waiting();
    }
    if (message.type === "joined") {
      stopTimer();
      observer.entered(message.data, transport, (successor) => (listener = successor));
    }
    if (message.type === "error") {
      error = message.data;
      if (message.reply_to !== JOIN_ID) return;
      cancel();
      observer.refused(error);
    }
  };

  let listener: TransportListener = {
    opened: () => transport.send(JSON.stringify(joinMessage(join))),
    received(frame) {
      // Somebody decides when they like; until then the server's pings say that it lives.
      if (isWaiting) expectFrameWithin(LIMITS.silent_for);
      isProbing = false;
      const parsed = parseFrame(frame);
      if (parsed.kind === "message") receive(parsed.message);
    },
    closed(code, handshakeRefusal) {
      stopTimer();
      observer.failed(code, error, handshakeRefusal);
    },
  };

  const transport = open(url, [SUBPROTOCOL], {
    opened: (protocol) => listener.opened(protocol),
    received: (frame) => listener.received(frame),
    closed: (code, handshakeRefusal) => listener.closed(code, handshakeRefusal),
  });
  expectFrameWithin(REPLY_SECONDS);
  return { cancel, probe };
}

const joinMessage = (join: JoinBody): Join => ({
  type: "join",
  receiver: GROUND_CONTROL,
  id: JOIN_ID,
  data: join,
});

const pong = (data: unknown): Pong => ({ type: "pong", receiver: GROUND_CONTROL, data });
