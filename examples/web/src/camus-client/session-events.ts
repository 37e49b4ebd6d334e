// What happens to a session, for those who want to know.

import type { SendableMessage } from "./frames";
import type { HandshakeRefusal } from "./handshake-refusal";
import type * as m from "./generated";

/** Where a session is. Times are those of its clock, in seconds. */
export type Status =
  | { readonly at: "outside" }
  | { readonly at: "joining" }
  /** The room is locked, and an owner or moderator has been told who is at the door. */
  | { readonly at: "waiting" }
  | { readonly at: "joined"; readonly id: string; readonly role: m.Role }
  /** The connection has ended; the place may be held. The next try comes at `nextTry`. */
  | {
      readonly at: "away";
      readonly code: number;
      /** What the server has said, where it did, of why it doesn't take this client now. */
      readonly error?: m.ErrorBody;
      readonly handshakeRefusal?: HandshakeRefusal;
      readonly nextTry: number;
    }
  | { readonly at: "ended"; readonly end: SessionEnd };

/** Why a session has ended for good. */
export interface SessionEnd {
  /** The WebSocket close code; 1000 where this client has left. */
  readonly code: number;
  /** What the server said, where it did: `error.code` is what programs rely on. */
  readonly error: m.ErrorBody | null;
  /** The server, or this client's address, has as many connections as it may. */
  readonly handshakeRefusal?: HandshakeRefusal;
}

/**
 * How the client has come into its room.
 *
 * - `joined`: for the first time.
 * - `resumed`: the session goes on as if nothing had happened; what was missed follows.
 * - `rejoined`: it could not simply go on. With the `sameId` the place was kept: after
 *   `overflow` and `restarted` ICE is restarted with each peer, after `rejoined` both sides
 *   build every peer connection anew. With another id the client is a newcomer.
 */
export type Entered =
  | { readonly how: "joined" }
  | { readonly how: "resumed" }
  | { readonly how: "rejoined"; readonly reason: m.Lost; readonly sameId: boolean };

/** What members say to each other. */
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

/** The events of a session, by name. */
export interface SessionEvents {
  status: Status;
  entered: Entered;
  "client-joined": m.SessionClient;
  "client-left": m.ClientLeftBody;
  "client-updated": m.SessionClient;
  /** The room is locked now, or open again. */
  "room-updated": m.RoomUpdatedBody;
  /** Somebody waits to be let in; told to owners and moderators. */
  "client-waiting": m.ClientInfo;
  /** Somebody doesn't wait any more: was let in or turned away, or has gone. */
  "client-waiting-left": m.WhoBody;
  /** A member says something; one's own messages to the room come back. */
  message: MemberMessage;
  /** There are new STUN and TURN servers, or new credentials. */
  "ice-servers": readonly m.IceServer[];
  /** The message with this id was not confirmed by a receiver; it may have arrived. */
  undeliverable: m.UndeliverableBody & { readonly id: string | null };
  /** The message with this id was refused, and nobody waits for an answer to it. */
  refused: { readonly error: m.ErrorBody; readonly id: string | null };
  /** Nobody confirmed these messages: each may have arrived or not. They aren't sent again. */
  expired: readonly SendableMessage[];
  /** The server has confirmed something: what did not fit before may fit now. */
  confirmed: null;
}

/** The session has ended. */
export class Ended extends Error {
  constructor(readonly end: SessionEnd) {
    super(end.error ? `${end.error.code}: ${end.error.message}` : `closed with ${end.code}`);
  }
}

/** A message was not taken: too much is unconfirmed, or there is no session. */
export class NotSent extends Error {}
