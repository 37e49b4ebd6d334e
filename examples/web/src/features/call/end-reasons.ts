// Why a client is not in its room, or not any more.

import type { SessionEnd } from "../../camus-client";

/** Why there is no place at the moment, as the app's texts tell it. */
export type Hold = "address-full" | "server-full" | "too-often" | "busy";

/** Whose doing it is, as the app's texts tell it. */
export type Reason =
  | "left"
  | "kicked"
  | "banned"
  | "denied"
  | "replaced"
  | "password-required"
  | "wrong-password"
  | "invalid-username"
  | "room-locked"
  | "room-full"
  | "room-not-found"
  | "not-allowed"
  | Hold
  | "unreachable";

const OF_ERROR: Readonly<Record<string, Reason>> = {
  denied: "denied",
  banned: "banned",
  "password-required": "password-required",
  "wrong-password": "wrong-password",
  "invalid-username": "invalid-username",
  "room-locked": "room-locked",
  "room-full": "room-full",
  "room-not-found": "room-not-found",
  "not-allowed": "not-allowed",
};

const HOLDS: Readonly<Record<string, Hold>> = {
  "rate-limited": "too-often",
  unavailable: "busy",
};

const OF_CODE: Readonly<Record<number, Reason>> = {
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
};

/** Returns what the end of a session means to the person who was in it. */
export function reasonOf(end: SessionEnd): Reason {
  const hold = holdIn(end);
  if (hold) return hold;
  if (end.error) return OF_ERROR[end.error.code] ?? "not-allowed";
  return OF_CODE[end.code] ?? "unreachable";
}

/** Returns why there is no place at the moment, or null where that isn't known to be so. */
export function holdIn({ error, noPlace }: Partial<SessionEnd>): Hold | null {
  if (noPlace) return noPlace.of === "address" ? "address-full" : "server-full";
  return HOLDS[error?.code ?? ""] ?? null;
}
