// STUN and TURN servers that a person adds to those of the Camus server.

import { isObject } from "../../camus-client/frames";

/** One server; STUN needs neither username nor credential. */
export interface OwnIceServer {
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

/** What is wrong with a server: a browser would refuse every connection for it. */
export type ServerProblem = "url" | "credential";

/** Browsers warn of more than a few, and each makes a connection slower to start. */
export const MAX_OWN_SERVERS = 8;

/** Makes a connection with a server, and throws where the browser refuses it. */
export type TryServer = (server: RTCIceServer) => void;

const tryInBrowser: TryServer = (server) =>
  new RTCPeerConnection({ iceServers: [server] }).close();

/** Asks the browser what is wrong with a server; null for nothing. */
export function problemIn(
  server: OwnIceServer,
  tries: TryServer = tryInBrowser,
): ServerProblem | null {
  try {
    tries(asRtcServer(server));
    return null;
  } catch (error) {
    return problemOf(error instanceof Error ? error.name : "");
  }
}

/** W3C WebRTC 1.0, section 4.4.1; for anything else the server can't be blamed. */
function problemOf(error: string): ServerProblem | null {
  switch (error) {
    case "InvalidAccessError":
      return "credential";
    case "SyntaxError":
    case "NotSupportedError":
    case "TypeError":
      return "url";
    default:
      return null;
  }
}

/** Reads servers that were kept, and leaves out what isn't one. */
export function ownIceServersIn(value: unknown): readonly OwnIceServer[] {
  const servers = Array.isArray(value) ? value.flatMap(ownIceServerIn) : [];
  return servers.slice(0, MAX_OWN_SERVERS);
}

function ownIceServerIn(value: unknown): OwnIceServer[] {
  if (!isObject(value)) return [];
  const { url, username, credential } = value;
  if (typeof url !== "string" || typeof username !== "string") return [];
  if (typeof credential !== "string") return [];
  return [{ url, username, credential }];
}

/** Returns the servers as an RTCPeerConnection takes them. */
export const asRtcServers = (servers: readonly OwnIceServer[]): RTCIceServer[] =>
  servers.map(asRtcServer);

const asRtcServer = ({ url, username, credential }: OwnIceServer): RTCIceServer =>
  username === "" ? { urls: [url] } : { urls: [url], username, credential };
