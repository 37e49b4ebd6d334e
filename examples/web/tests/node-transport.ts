// A transport over a WebSocket of the `ws` package, for versions of Node without their own.

import { WebSocket } from "ws";
import type { OpenTransport } from "../src/camus-client/transport";

export const openNodeTransport: OpenTransport = (url, protocols, listener) => {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
  let isAborted = false;
  socket.on("open", () => isAborted || listener.opened(socket.protocol));
  socket.on(
    "message",
    (data: Buffer) => isAborted || listener.received(data.toString("utf-8")),
  );
  socket.on("close", (code) => isAborted || listener.closed(code));
  socket.on("error", () => undefined); // `close` follows
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    abort() {
      isAborted = true;
      socket.terminate();
    },
  };
};
