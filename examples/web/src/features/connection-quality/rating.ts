// The rating of a connection's quality for conversation.

import type { ConnectionQuality } from "../../camus-client";

export type Rating = "good" | "fair" | "poor";

/** Packet loss above these fractions makes voices crackle, then break up; 1 % is inaudible. */
const LOSS = { fair: 0.03, poor: 0.1 };

/** Round-trip times above these seconds make people interrupt each other (ITU-T G.114). */
const ROUND_TRIP = { fair: 0.3, poor: 0.8 };

export function ratingOf({ loss, roundTrip }: ConnectionQuality): Rating {
  const isOver = (rating: "fair" | "poor"): boolean =>
    (loss ?? 0) > LOSS[rating] || (roundTrip ?? 0) > ROUND_TRIP[rating];
  return isOver("poor") ? "poor" : isOver("fair") ? "fair" : "good";
}
