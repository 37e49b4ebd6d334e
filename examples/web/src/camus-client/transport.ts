// What carries frames: a WebSocket in a browser, anything else in a test.

import { noPlaceAt } from "./handshake-refusal";
import type { NoPlace } from "./handshake-refusal";

/** The client's end of a connection. */
export interface Wire {
  /** Sends a text frame; does nothing when the connection has ended. */
  send(frame: string): void;
  /** Ends the connection for this end, at once: nothing more is told of it. */
  cut(): void;
}

/** Hears what happens on a wire. `closed` is the last thing, also where `opened` never came. */
export interface WireListener {
  /** The connection is there; the server has chosen this subprotocol, or "". */
  opened(protocol: string): void;
  heard(frame: string): void;
  /** `noPlace` says that the server, or the client's address, has as many as it may. */
  closed(code: number, noPlace?: NoPlace): void;
}

/** Opens a connection. Nothing is told before it has returned. */
export type OpenWire = (
  url: string,
  protocols: readonly string[],
  listener: WireListener,
) => Wire;

/** Opens WebSockets of the browser. */
export const openWebSocket: OpenWire = (url, protocols, listener) => {
  const socket = new WebSocket(url, [...protocols]);
  const listening = new AbortController();
  const { signal } = listening;
  let wasOpen = false;
  const ended = async (code: number): Promise<void> => {
    const noPlace = wasOpen ? null : await noPlaceAt(url, signal);
    if (!signal.aborted) listener.closed(code, noPlace ?? undefined);
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
      if (typeof data === "string") listener.heard(data);
    },
    { signal },
  );
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    cut() {
      listening.abort();
      socket.close();
    },
  };
};
