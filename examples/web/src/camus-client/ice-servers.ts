// STUN and TURN servers: as the browser wants them, and when their credentials run out.

import type { IceServer } from "./generated";

/** New credentials are asked for after this share of the life of the old ones. */
const RENEWED_AFTER = 0.8;

/** Returns the servers as an RTCPeerConnection takes them. */
export function rtcIceServers(servers: readonly IceServer[]): RTCIceServer[] {
  return servers.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(typeof username === "string" && { username }),
    ...(typeof credential === "string" && { credential }),
  }));
}

/**
 * Returns in how many seconds new credentials should be had, or null where none run out: a
 * TURN username begins with the UNIX time at which it does.
 */
export function renewIn(servers: readonly IceServer[], now: number): number | null {
  const lives = servers
    .map(({ username }) => Number.parseInt(username ?? "", 10) - now)
    .filter((life) => life > 0);
  return lives.length > 0 ? Math.min(...lives) * RENEWED_AFTER : null;
}
