// A wire over a real WebSocket, for a Node that has none of its own.

import { WebSocket } from "ws";
import type { OpenWire } from "../src/camus-client/transport";

export const openNodeWire: OpenWire = (url, protocols, listener) => {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
  let isCut = false;
  socket.on("open", () => isCut || listener.opened(socket.protocol));
  socket.on("message", (data: Buffer) => isCut || listener.heard(data.toString("utf-8")));
  socket.on("close", (code) => isCut || listener.closed(code));
  socket.on("error", () => undefined); // `close` follows
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    },
    cut() {
      isCut = true;
      socket.terminate();
    },
  };
};
