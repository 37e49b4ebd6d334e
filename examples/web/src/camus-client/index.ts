// camus-client: sessions and calls with a Camus server, without a framework.

export { awakeningOf, pageAwakening } from "./sleep-detection";
export type { Awakening, SleepingPage } from "./sleep-detection";
export { advice, PATIENCE } from "./backoff";
export type { Patience } from "./backoff";
export { createRoom, listRooms } from "./directory";
export { systemClock } from "./clock";
export type { Clock } from "./clock";
export type { Sayable } from "./frames";
export * from "./generated";
export { keptInTab } from "./session-store";
export type { Keeper, Kept, Locks, TabStorage } from "./session-store";
export type { NoPlace } from "./handshake-refusal";
export { Refused, Unanswered } from "./requests";
export type { Answers, Question } from "./requests";
export { Session } from "./session";
export type { SessionOptions } from "./session";
export { Ended, NotTaken } from "./session-events";
export type { Entered, SessionEnd, SessionEvents, Status, Told } from "./session-events";
export { openWebSocket } from "./transport";
export type { OpenWire, Wire, WireListener } from "./transport";
export { Call } from "./call/call";
export type { CallEvents, CallOptions, CallSession } from "./call/call";
export type { PeerState } from "./call/peer";
export { usableServers } from "./call/usable-ice-servers";
export type { Usable } from "./call/usable-ice-servers";
export { openRtcPeerConnection } from "./call/peer-connection";
export type {
  OpenPeerConnection,
  PeerConnection,
  PeerConnectionListener,
  Sender,
  Transceiver,
} from "./call/peer-connection";
export type { Quality } from "./call/connection-quality";
export type { SharedState } from "./call/member-state";
