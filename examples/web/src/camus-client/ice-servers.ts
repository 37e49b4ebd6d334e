// Conversion of STUN and TURN servers for the browser, and the renewal of their credentials.

import { isObject } from "./frames";
import type { IceServer } from "./generated";

/** Credentials are renewed after this fraction of their lifetime. */
const RENEWAL_SHARE = 0.8;

/**
 * Browsers warn of more than four, and gather candidates from each: a longer list is a mistake.
 */
const MAX_SERVERS = 32;

/**
 * Returns the servers in the form that RTCPeerConnection takes. The list may come from a server
 * that validates nothing, so invalid and excess entries are omitted, and a single URL may stand
 * in place of a list.
 */
export function rtcIceServers(servers: readonly IceServer[]): RTCIceServer[] {
  return objectsIn(servers)
    .slice(0, MAX_SERVERS)
    .flatMap(({ urls, username, credential }) => {
      const texts = [urls]
        .flat()
        .filter((url) => typeof url === "string")
        .slice(0, MAX_SERVERS);
      if (texts.length === 0) return [];
      return {
        urls: texts,
        ...(typeof username === "string" && { username }),
        ...(typeof credential === "string" && { credential }),
      };
    });
}

/**
 * Returns the seconds after which to renew the credentials, or null if none expire. A TURN
 * username begins with the UNIX time at which its credential expires.
 */
export function secondsUntilRenewal(servers: readonly IceServer[], now: number): number | null {
  const lives = objectsIn(servers)
    .map(({ username }) => Number.parseInt(String(username), 10) - now)
    .filter((life) => life > 0);
  return lives.length > 0 ? Math.min(...lives) * RENEWAL_SHARE : null;
}

const objectsIn = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
