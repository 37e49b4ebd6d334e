// Adds a fallback to the core profile, for servers that don't have the session profile.

import type { Clock } from "./clock";
import { CoreProfileAdapter } from "./core-profile-adapter";
import { SUBPROTOCOL } from "./generated";
import type { OpenTransport, Transport } from "./transport";

/** The URL of a room's own WebSocket: only there a client is admitted by connecting. */
const ROOM_URL = /\/room\/[^/?#]+\/ws(?:[?#]|$)/;

/**
 * Wraps `open` so that the session profile is spoken on every transport. A browser fails a
 * handshake in which the server selects no subprotocol, without saying why. So whenever a
 * handshake fails at the URL of a room, it is repeated without a subprotocol, unless this
 * server has selected one before.
 */
export function withProfileFallback(open: OpenTransport, clock: Clock): OpenTransport {
  let hasSessionProfile = false;
  return (url, protocols, listener) => {
    const mayBeCore = (): boolean => !hasSessionProfile && ROOM_URL.test(url);
    const openCore = (): Transport =>
      new CoreProfileAdapter((inner) => open(url, [], inner), listener, clock);
    let isOpen = false;
    let transport = open(url, protocols, {
      opened(protocol) {
        isOpen = true;
        hasSessionProfile ||= protocol === SUBPROTOCOL;
        if (protocol === SUBPROTOCOL) {
          listener.opened(protocol);
        } else {
          transport.abort();
          if (mayBeCore()) transport = openCore();
          else listener.closed(1002);
        }
      },
      received: (frame) => listener.received(frame),
      closed(code, handshakeRefusal) {
        if (!isOpen && !handshakeRefusal && mayBeCore()) transport = openCore();
        else listener.closed(code, handshakeRefusal);
      },
    });
    return { send: (frame) => transport.send(frame), abort: () => transport.abort() };
  };
}
