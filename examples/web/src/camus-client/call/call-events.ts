// The events of a call, and what it needs of a session.

import type { Session } from "../session";
import type { MemberState } from "./member-state";
import type { PeerState } from "./peer";

/** The part of a session that a call uses. */
export type CallSession = Pick<
  Session,
  "on" | "send" | "joined" | "clients" | "attributes" | "iceServers"
>;

/** The events of a call, by name. */
export interface CallEvents {
  /**
   * The state of the connection with a member has changed; `closed` is the last state reported.
   */
  peer: { readonly id: string; readonly state: PeerState };
  /**
   * The tracks that a member sends have changed. Keys are track names: `microphone`, `camera`,
   * `screen`.
   */
  tracks: { readonly id: string; readonly tracks: ReadonlyMap<string, MediaStreamTrack> };
  /** A member has announced its state (`x-state`). */
  state: { readonly id: string; readonly state: MemberState };
  /** A member is not to be played any more, or again: it has lost `speak`, or has it again. */
  silenced: { readonly id: string; readonly silenced: boolean };
  /** The data channel to a member exists; it opens once the peer connection is established. */
  channel: { readonly id: string; readonly channel: RTCDataChannel };
  /**
   * An operation on the connection with a member has failed; with an `EncryptionError`, the
   * member has sent what an encrypted room doesn't accept.
   */
  failed: { readonly id: string; readonly error: unknown };
  /** The browser refuses the STUN or TURN servers with these URLs; the call uses the others. */
  "servers-refused": readonly string[];
}
