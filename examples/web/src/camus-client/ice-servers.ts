// STUN and TURN servers: as the browser wants them, and when their credentials run out.

import { isObject } from "./frames";
import type { IceServer } from "./generated";

/** New credentials are asked for after this share of the life of the old ones. */
const RENEWAL_SHARE = 0.8;

/** Browsers warn of more than four, and gather from each: a longer list is a mistake. */
const MOST_SERVERS = 32;

/**
 * Returns the servers as an RTCPeerConnection takes them. They may come from a server that
 * checks nothing: what is no server is left out, what is too much is, too, and one URL may stand
 * where a list does.
 */
export function rtcIceServers(servers: readonly IceServer[]): RTCIceServer[] {
  return objectsIn(servers)
    .slice(0, MOST_SERVERS)
    .flatMap(({ urls, username, credential }) => {
      const texts = [urls]
        .flat()
        .filter((url) => typeof url === "string")
        .slice(0, MOST_SERVERS);
      if (texts.length === 0) return [];
      return {
        urls: texts,
        ...(typeof username === "string" && { username }),
        ...(typeof credential === "string" && { credential }),
      };
    });
}

/**
 * Returns in how many seconds new credentials should be had, or null where none run out: a
 * TURN username begins with the UNIX time at which it does.
 */
export function secondsUntilRenewal(servers: readonly IceServer[], now: number): number | null {
  const lives = objectsIn(servers)
    .map(({ username }) => Number.parseInt(String(username), 10) - now)
    .filter((life) => life > 0);
  return lives.length > 0 ? Math.min(...lives) * RENEWAL_SHARE : null;
}

const objectsIn = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
