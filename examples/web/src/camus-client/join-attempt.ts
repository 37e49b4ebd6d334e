// One attempt to join a room: a connection, its `join`, and the reply.

import type { Clock } from "./clock";
import { parseFrame } from "./frames";
import { GROUND_CONTROL, LIMITS, SUBPROTOCOL } from "./generated";
import type {
  Bye,
  ErrorBody,
  Heard,
  Join,
  JoinBody,
  JoinedBody,
  Ping,
  Pong,
  WaitingBody,
} from "./generated";
import { PROBE_SECONDS } from "./session-connection";
import type { HandshakeRefusal } from "./handshake-refusal";
import type { OpenTransport, Transport, TransportListener } from "./transport";

/**
 * The seconds to wait for a reply: longer than a locked database and a queue of password checks
 * take.
 */
const REPLY_SECONDS = 15;

const JOIN_ID = "join";

/** Receives the outcome of a join attempt: exactly one of `entered`, `refused` and `failed`. */
export interface JoinListener {
  /** The client has to wait: the outcome follows when a moderator has decided. */
  waiting(waiting: WaitingBody): void;
  /**
   * The client is in the room; `follow` sets the listener for further frames and must be called
   * at once.
   */
  entered(
    joined: JoinedBody,
    transport: Transport,
    follow: (listener: TransportListener) => void,
  ): void;
  /** The room refuses the client. */
  refused(error: ErrorBody): void;
  /** The connection could not be opened, or ended before there was a reply. */
  failed(code: number, error: ErrorBody | null, handshakeRefusal?: HandshakeRefusal): void;
}

/** A join attempt in progress. */
export interface JoinAttempt {
  /** Cancels the attempt; the listener isn't called any more. */
  cancel(): void;
  /** Fails the attempt unless a frame arrives soon, because the connection may be dead. */
  probe(): void;
}

/** Opens a connection and sends `join`. */
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
    const bye: Bye = { type: "bye", receiver: GROUND_CONTROL };
    if (isWaiting) transport.send(JSON.stringify(bye));
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
      observer.waiting(message.data);
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
      // A moderator may take any time to decide; meanwhile the server's pings show that it is
      // alive.
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
