// Why a client is not in its room, or not any more.

import type { SessionEnd } from "../../camus-client";

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
  | "busy"
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
  "rate-limited": "busy",
  unavailable: "busy",
};

const OF_CODE: Readonly<Record<number, Reason>> = {
  1000: "left",
  4003: "busy",
  4004: "busy",
  4500: "room-not-found",
  4501: "not-allowed",
  4503: "room-locked",
  4504: "room-full",
  4505: "replaced",
  4506: "kicked",
  4507: "banned",
};

/** Returns what the end of a session means to the person who was in it. */
export function reasonOf({ code, error }: SessionEnd): Reason {
  if (error) return OF_ERROR[error.code] ?? "not-allowed";
  return OF_CODE[code] ?? "unreachable";
}
