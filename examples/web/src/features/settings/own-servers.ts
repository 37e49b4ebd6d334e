// STUN and TURN servers that a person adds to those of the Camus server.

import { isObject } from "../../camus-client/frames";

/** One server; STUN needs neither username nor credential. */
export interface OwnServer {
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

/** What is wrong with a server: a browser would refuse every connection for it. */
export type ServerProblem = "url" | "credential";

/** Browsers warn of more than a few, and each makes a connection slower to start. */
export const MOST_SERVERS = 8;

/** RFC 7064 (stun, stuns) and RFC 7065 (turn, turns). */
const FORM =
  /^(?:stuns?|(turns?)):(?:[\p{L}\p{N}._-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/iu;
const HIGHEST_PORT = 65_535;

/** Returns what is wrong with a server, or null. */
export function problemIn({ url, username, credential }: OwnServer): ServerProblem | null {
  const match = FORM.exec(url);
  if (!match) return "url";
  const [, turn, port = "3478", transport] = match;
  const isPort = Number(port) >= 1 && Number(port) <= HIGHEST_PORT;
  if (!isPort || (turn === undefined && transport !== undefined)) return "url";
  return turn !== undefined && (username === "" || credential === "") ? "credential" : null;
}

/** Reads servers that were kept, and leaves out what isn't one. */
export function serversIn(value: unknown): readonly OwnServer[] {
  const servers = Array.isArray(value) ? value.flatMap(serverIn) : [];
  return servers.slice(0, MOST_SERVERS);
}

function serverIn(value: unknown): OwnServer[] {
  if (!isObject(value)) return [];
  const { url, username, credential } = value;
  if (typeof url !== "string" || typeof username !== "string") return [];
  if (typeof credential !== "string") return [];
  const server = { url, username, credential };
  return problemIn(server) === null ? [server] : [];
}

/** Returns the servers as an RTCPeerConnection takes them. */
export const asRtcServers = (servers: readonly OwnServer[]): RTCIceServer[] =>
  servers.map(({ url, username, credential }) =>
    username === "" ? { urls: [url] } : { urls: [url], username, credential },
  );
