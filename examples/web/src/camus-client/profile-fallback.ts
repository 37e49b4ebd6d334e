// Speaks the session profile with every server, also with one that only has the core profile.

import type { Clock } from "./clock";
import { CoreWire } from "./core-profile-adapter";
import { SUBPROTOCOL } from "./generated";
import type { OpenWire, Wire } from "./transport";

/** What the address of a room looks like: only there a client is let in by connecting. */
const ROOM_URL = /\/room\/[^/?#]+\/ws(?:[?#]|$)/;

/**
 * Opens wires on which the session profile is spoken. A browser ends a handshake in which the
 * server has chosen no subprotocol, and doesn't say that this was the reason: so whenever one
 * fails at the address of a room, it is tried without, unless the server has once chosen one.
 */
export function eitherProfile(open: OpenWire, clock: Clock): OpenWire {
  let hasSessions = false;
  return (url, protocols, listener) => {
    const mayBeCore = (): boolean => !hasSessions && ROOM_URL.test(url);
    const openCore = (): Wire => new CoreWire((lower) => open(url, [], lower), listener, clock);
    let isOpen = false;
    let wire = open(url, protocols, {
      opened(protocol) {
        isOpen = true;
        hasSessions ||= protocol === SUBPROTOCOL;
        if (protocol === SUBPROTOCOL) {
          listener.opened(protocol);
        } else {
          wire.cut();
          if (mayBeCore()) wire = openCore();
          else listener.closed(1002);
        }
      },
      heard: (frame) => listener.heard(frame),
      closed(code, noPlace) {
        if (!isOpen && !noPlace && mayBeCore()) wire = openCore();
        else listener.closed(code, noPlace);
      },
    });
    return { send: (frame) => wire.send(frame), cut: () => wire.cut() };
  };
}
