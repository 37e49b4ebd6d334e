// The user's own STUN and TURN servers, in addition to those of the Camus server.

import { isObject } from "../../camus-client/frames";

/** One server; STUN needs neither username nor credential. */
export interface OwnIceServer {
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

/** The invalid part of a server; with it the browser would refuse every connection. */
export type ServerProblem = "url" | "credential";

/** Browsers warn of more than a few, and each makes connections slower to establish. */
export const MAX_OWN_SERVERS = 8;

/** Creates a connection with a server; throws if the browser refuses it. */
export type TryServer = (server: RTCIceServer) => void;

const tryInBrowser: TryServer = (server) =>
  new RTCPeerConnection({ iceServers: [server] }).close();

/** Returns what the browser refuses about a server; null for nothing. */
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

/** The exceptions of W3C WebRTC 1.0, section 4.4.1; any other one isn't the server's fault. */
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

/** Parses saved servers, and omits invalid ones. */
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

/** Returns the servers in the form that RTCPeerConnection takes. */
export const asRtcServers = (servers: readonly OwnIceServer[]): RTCIceServer[] =>
  servers.map(asRtcServer);

const asRtcServer = ({ url, username, credential }: OwnIceServer): RTCIceServer =>
  username === "" ? { urls: [url] } : { urls: [url], username, credential };
