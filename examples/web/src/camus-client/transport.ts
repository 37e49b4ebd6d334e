// The interface to a connection that carries frames: a WebSocket in browsers, a fake in tests.

import { fetchHandshakeRefusal } from "./handshake-refusal";
import type { HandshakeRefusal } from "./handshake-refusal";

/** The client's end of one connection. */
export interface Transport {
  /** Sends a text frame; does nothing if the connection has ended. */
  send(frame: string): void;
  /** Ends the connection at once; the listener isn't called any more. */
  abort(): void;
}

/**
 * Receives the events of a transport. `closed` is the last one, even if `opened` never came.
 */
export interface TransportListener {
  /** The connection is open; `protocol` is the subprotocol that the server selected, or "". */
  opened(protocol: string): void;
  received(frame: string): void;
  /**
   * The connection has ended; `handshakeRefusal` is set if the server refused it for lack of
   * capacity.
   */
  closed(code: number, handshakeRefusal?: HandshakeRefusal): void;
}

/** Opens a connection. The listener isn't called before this returns. */
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
