// Speaks the session profile with every server, also with one that only has the core profile.

import type { Clock } from "./clock";
import { CoreProfileAdapter } from "./core-profile-adapter";
import { SUBPROTOCOL } from "./generated";
import type { OpenTransport, Transport } from "./transport";

/** What the address of a room looks like: only there a client is let in by connecting. */
const ROOM_URL = /\/room\/[^/?#]+\/ws(?:[?#]|$)/;

/**
 * Opens wires on which the session profile is spoken. A browser ends a handshake in which the
 * server has chosen no subprotocol, and doesn't say that this was the reason: so whenever one
 * fails at the address of a room, it is tried without, unless the server has once chosen one.
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
