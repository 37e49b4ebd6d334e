// The events and states of a session.

import type { SendableMessage } from "./frames";
import type { HandshakeRefusal } from "./handshake-refusal";
import type * as m from "./generated";

/** The status of a session. Times are those of its clock, in seconds. */
export type Status =
  | { readonly at: "outside" }
  | { readonly at: "joining" }
  /**
   * The room is locked, and this client is in its waiting room. `isModerated` tells whether a
   * moderator was there when it came.
   */
  | { readonly at: "waiting"; readonly isModerated: boolean }
  | { readonly at: "joined"; readonly id: string; readonly role: m.Role }
  /**
   * The connection has ended; the server may hold the client's place. The next attempt is at
   * `nextTry`.
   */
  | {
      readonly at: "away";
      readonly code: number;
      /** The reason why the server doesn't accept this client now, if it gave one. */
      readonly error?: m.ErrorBody;
      readonly handshakeRefusal?: HandshakeRefusal;
      readonly nextTry: number;
    }
  | { readonly at: "ended"; readonly end: SessionEnd };

/** The reason why a session has ended for good. */
export interface SessionEnd {
  /** The WebSocket close code; 1000 if this client has left. */
  readonly code: number;
  /** The error of the server, if it sent one. Programs can rely on `error.code`. */
  readonly error: m.ErrorBody | null;
  /** Set if the server, or this client's address, has reached its limit of connections. */
  readonly handshakeRefusal?: HandshakeRefusal;
}

/**
 * The way in which the client has entered its room.
 *
 * - `joined`: for the first time.
 * - `resumed`: the session continues; missed messages follow.
 * - `rejoined`: the session could not be resumed. With the `sameId` the place was kept: after
 *   `overflow` and `restarted` ICE is restarted with each peer, after `rejoined` both sides
 *   replace all peer connections. With another id the client is a newcomer.
 */
export type Entered =
  | { readonly how: "joined" }
  | { readonly how: "resumed" }
  | { readonly how: "rejoined"; readonly reason: m.Lost; readonly sameId: boolean };

/** A message from one member to others. */
export type MemberMessage = m.Written &
  (
    | m.HeardText
    | m.Offer
    | m.Answer
    | m.IceCandidate
    | m.Extension
    | m.Greeting
    | m.Bye
    | m.Ping
    | m.Pong
  );

/** A message that the operator of the server has it say to the room or to this client. */
export type ServerMessage = m.Written & (m.HeardText | m.Extension);

/** The data of each notice, by its type. */
type Notices = { readonly [One in m.Notice as One["type"]]: One["data"] };

/**
 * The events of a session, by name. Each notice of the server is an event with the name of its
 * type, except those that only the session itself needs.
 */
export interface SessionEvents extends Omit<
  Notices,
  "going-away" | "undeliverable" | "waiting"
> {
  status: Status;
  entered: Entered;
  /** A member has sent a message; a client's own messages to the room come back to it. */
  message: MemberMessage;
  /** The server has said something itself; nobody else can say it in its name. */
  "server-message": ServerMessage;
  /** There are new STUN and TURN servers, or new credentials. */
  "ice-servers": readonly m.IceServer[];
  /** A recipient hasn't confirmed the message with this id; it may have arrived. */
  undeliverable: m.UndeliverableBody & { readonly id: string | null };
  /** The message with this id was refused, and no request is waiting for that reply. */
  refused: { readonly error: m.ErrorBody; readonly id: string | null };
  /**
   * The server hasn't confirmed these messages: each may or may not have arrived. They aren't
   * sent again.
   */
  expired: readonly SendableMessage[];
  /** The server has confirmed messages, so there may be room for more. */
  confirmed: null;
}

/** The session, or a connection before it, has ended. */
export class Ended extends Error {
  constructor(readonly end: SessionEnd) {
    super(end.error ? `${end.error.code}: ${end.error.message}` : `closed with ${end.code}`);
  }
}

/** A message was not sent: too much is unconfirmed, or there is no session. */
export class NotSent extends Error {}
