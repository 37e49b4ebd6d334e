// The reason why a server refused a WebSocket handshake for lack of capacity (rules CORE-9 and
// LIM-11).
//
// A browser doesn't tell a page why a handshake failed. But a plain GET of the same URL is
// refused for the same reason, and its response can be read.

/**
 * A refused handshake: the client's address, or the server, has reached its limit of
 * connections.
 */
export interface HandshakeRefusal {
  readonly of: "address" | "server";
  /** The seconds after which to try again. */
  readonly retryAfter: number;
}

/** The seconds to wait if the server doesn't say how long. */
const DEFAULT_RETRY_SECONDS = 10;

/** The longest accepted wait, in seconds; a longer one is a proxy's mistake. */
const LONGEST_RETRY_SECONDS = 600;

/** The seconds to wait for the small response to a GET, on a network that works. */
const RESPONSE_SECONDS = 5;

/**
 * Asks a server why it refused a handshake; returns null for any other reason than capacity, or
 * if the reason is unknown.
 *
 * @param url - the URL of the WebSocket.
 * @param gone - aborts the request when the result isn't needed any more.
 */
export async function fetchHandshakeRefusal(
  url: string,
  gone: AbortSignal,
): Promise<HandshakeRefusal | null> {
  try {
    const response = await fetch(url.replace(/^ws/i, "http"), {
      cache: "no-store",
      signal: AbortSignal.any([gone, AbortSignal.timeout(RESPONSE_SECONDS * 1000)]),
    });
    await response.body?.cancel();
    return handshakeRefusalIn(response, Date.now());
  } catch {
    return null;
  }
}

/**
 * Reads the response to a handshake, or to a GET in its place.
 *
 * @param now - UNIX milliseconds.
 */
export function handshakeRefusalIn(
  { status, headers }: Pick<Response, "status" | "headers">,
  now: number,
): HandshakeRefusal | null {
  const retryAfter = secondsIn(headers.get("Retry-After"), now);
  switch (status) {
    case 429:
      return { of: "address", retryAfter };
    case 503:
      return { of: "server", retryAfter };
    default:
      return null;
  }
}

/** Parses a `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3). */
function secondsIn(text: string | null, now: number): number {
  if (text === null) return DEFAULT_RETRY_SECONDS;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  if (Number.isNaN(seconds)) return DEFAULT_RETRY_SECONDS;
  return Math.min(Math.max(1, seconds), LONGEST_RETRY_SECONDS);
}
