// What carries frames: a WebSocket in a browser, anything else in a test.

import { fetchHandshakeRefusal } from "./handshake-refusal";
import type { HandshakeRefusal } from "./handshake-refusal";

/** The client's end of a connection. */
export interface Transport {
  /** Sends a text frame; does nothing when the connection has ended. */
  send(frame: string): void;
  /** Ends the connection for this end, at once: nothing more is told of it. */
  abort(): void;
}

/** Hears what happens on a wire. `closed` is the last thing, also where `opened` never came. */
export interface TransportListener {
  /** The connection is there; the server has chosen this subprotocol, or "". */
  opened(protocol: string): void;
  received(frame: string): void;
  /** `handshakeRefusal` says that the server, or the client's address, has as many as it may. */
  closed(code: number, handshakeRefusal?: HandshakeRefusal): void;
}

/** Opens a connection. Nothing is told before it has returned. */
export type OpenTransport = (
  url: string,
  protocols: readonly string[],
  listener: TransportListener,
) => Transport;

/** Opens WebSockets of the browser. */
export const openWebSocket: OpenTransport = (url, protocols, listener) => {
  const socket = new WebSocket(url, [...protocols]);
  const listening = new AbortController();
  const { signal } = listening;
  let wasOpen = false;
  const ended = async (code: number): Promise<void> => {
    const handshakeRefusal = wasOpen ? null : await fetchHandshakeRefusal(url, signal);
    if (!signal.aborted) listener.closed(code, handshakeRefusal ?? undefined);
  };
  socket.addEventListener(
    "open",
    () => {
      wasOpen = true;
      listener.opened(socket.protocol);
    },
    { signal },
  );
  socket.addEventListener("close", ({ code }) => void ended(code), { signal });
  socket.addEventListener(
    "message",
    ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") listener.received(data);
    },
    { signal },
  );
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    abort() {
      listening.abort();
      socket.close();
    },
  };
};
