// How good a connection is for people who talk, in a word.

import type { ConnectionQuality } from "../../camus-client";

export type Rating = "good" | "fair" | "poor";

/** Above these shares of lost packets voices crackle, then break (1 % is not heard). */
const LOSS = { fair: 0.03, poor: 0.1 };

/** Above these seconds there and back people begin to interrupt each other (ITU-T G.114). */
const ROUND_TRIP = { fair: 0.3, poor: 0.8 };

export function ratingOf({ loss, roundTrip }: ConnectionQuality): Rating {
  const isOver = (rating: "fair" | "poor"): boolean =>
    (loss ?? 0) > LOSS[rating] || (roundTrip ?? 0) > ROUND_TRIP[rating];
  return isOver("poor") ? "poor" : isOver("fair") ? "fair" : "good";
}
