// The reasons why a client is not, or no longer, in its room.

import type { SessionEnd } from "../../camus-client";

/**
 * The reason why the server can't accept the client at the moment, as a key of the app's texts.
 */
export type WaitReason = "address-full" | "server-full" | "too-often" | "busy";

/** The reason for the end of a session, as a key of the app's texts. */
export type EndReason =
  | "left"
  | "kicked"
  | "banned"
  | "denied"
  | "replaced"
  | "password-required"
  | "wrong-password"
  | "invalid-username"
  | "invalid-invitation"
  | "room-locked"
  | "room-full"
  | "room-not-found"
  | "room-not-open"
  | "room-ended"
  | "not-allowed"
  | WaitReason
  | "unreachable";

const REASON_OF_ERROR: Readonly<Record<string, EndReason>> = {
  denied: "denied",
  kicked: "kicked",
  banned: "banned",
  "password-required": "password-required",
  "wrong-password": "wrong-password",
  "invalid-username": "invalid-username",
  "invalid-invitation": "invalid-invitation",
  "room-locked": "room-locked",
  "room-full": "room-full",
  "room-not-found": "room-not-found",
  "room-not-open": "room-not-open",
  "room-ended": "room-ended",
  "not-allowed": "not-allowed",
};

const WAIT_REASON_OF_ERROR: Readonly<Record<string, WaitReason>> = {
  "rate-limited": "too-often",
  unavailable: "busy",
};

const REASON_OF_CLOSE_CODE: Readonly<Record<number, EndReason>> = {
  1000: "left",
  4003: "busy",
  4004: "too-often",
  4500: "room-not-found",
  4501: "not-allowed",
  4503: "room-locked",
  4504: "room-full",
  4505: "replaced",
  4506: "kicked",
  4507: "banned",
  4508: "room-ended",
  4509: "room-not-open",
};

/** Returns the reason for the end of a session. */
export function endReasonOf(end: SessionEnd): EndReason {
  const waitReason = waitReasonOf(end);
  if (waitReason) return waitReason;
  if (end.error) return REASON_OF_ERROR[end.error.code] ?? "not-allowed";
  return REASON_OF_CLOSE_CODE[end.code] ?? "unreachable";
}

/** Characters; the server takes no more, but another server might. */
const MAX_WORDS = 200;

/** Returns the words of the moderator who has ended a session, or null. */
export function moderatorsWordsOf({ error }: SessionEnd): string | null {
  const words = error?.code === "undeliverable" ? "" : (error?.reason ?? "");
  return words === "" ? null : words.slice(0, MAX_WORDS);
}

/**
 * Returns the time at which the room opens that doesn't admit this client yet, or null.
 *
 * @param now - in UNIX seconds, as the result.
 */
export function openingTimeOf({ error }: Partial<SessionEnd>, now: number): number | null {
  return error?.code === "room-not-open" ? now + (error.retry_after ?? 0) : null;
}

/** Returns the reason why the client has to wait, or null if it is unknown. */
export function waitReasonOf({
  error,
  handshakeRefusal,
}: Partial<SessionEnd>): WaitReason | null {
  if (handshakeRefusal)
    return handshakeRefusal.of === "address" ? "address-full" : "server-full";
  return WAIT_REASON_OF_ERROR[error?.code ?? ""] ?? null;
}
