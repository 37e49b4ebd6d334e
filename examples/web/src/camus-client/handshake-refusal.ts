// Why a handshake was refused, where that was for want of a place (rules CORE-9 and LIM-11).
//
// A browser tells a page nothing of a WebSocket's handshake that has failed. But a plain GET of
// the same address is refused for the same reason, and its answer can be read.

/** Who has as many connections as it may: the client's address, or the server. */
export interface HandshakeRefusal {
  readonly of: "address" | "server";
  /** In how many seconds to come back. */
  readonly retryAfter: number;
}

/** Whoever is refused without a word of when comes back after so many seconds. */
const DEFAULT_RETRY_SECONDS = 10;

/** A longer wait is a mistake of somebody on the way. */
const LONGEST_RETRY_SECONDS = 600;

/** The answer to a GET of so few bytes, over a connection that could be made. */
const RESPONSE_SECONDS = 5;

/**
 * Asks a server why it has refused a handshake; returns null where it wasn't for want of a
 * place, or nothing can be learned.
 *
 * @param url - that of the WebSocket.
 * @param gone - says that nobody wants to know any more.
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
 * Reads an answer to a handshake, or to a GET instead.
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

/** Reads a `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3). */
function secondsIn(text: string | null, now: number): number {
  if (text === null) return DEFAULT_RETRY_SECONDS;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  if (Number.isNaN(seconds)) return DEFAULT_RETRY_SECONDS;
  return Math.min(Math.max(1, seconds), LONGEST_RETRY_SECONDS);
}
