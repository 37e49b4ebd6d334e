// What carries frames: a WebSocket in a browser, anything else in a test.

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
  closed(code: number): void;
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
  socket.addEventListener("open", () => listener.opened(socket.protocol), { signal });
  socket.addEventListener("close", ({ code }) => listener.closed(code), { signal });
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
