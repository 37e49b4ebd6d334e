// camus-client: sessions and calls with a Camus server, without a framework.

export { awakeningOf, pageAwakening } from "./awakening";
export type { Awakening, SleepingPage } from "./awakening";
export { advice, PATIENCE } from "./backoff";
export type { Patience } from "./backoff";
export { createRoom, listRooms } from "./ask";
export { systemClock } from "./clock";
export type { Clock } from "./clock";
export type { Sayable } from "./frames";
export * from "./generated";
export { keptInTab } from "./keeper";
export type { Keeper, Kept, Locks, TabStorage } from "./keeper";
export type { NoPlace } from "./no-place";
export { Refused, Unanswered } from "./requests";
export type { Answers, Question } from "./requests";
export { Session } from "./session";
export type { SessionOptions } from "./session";
export { Ended, NotTaken } from "./session-events";
export type { Entered, SessionEnd, SessionEvents, Status, Told } from "./session-events";
export { openWebSocket } from "./wire";
export type { OpenWire, Wire, WireListener } from "./wire";
export { Call } from "./call/call";
export type { CallEvents, CallOptions, CallSession } from "./call/call";
export type { PeerState } from "./call/peer";
export { usableServers } from "./call/usable-servers";
export type { Usable } from "./call/usable-servers";
export { openRtcPeerConnection } from "./call/peer-connection";
export type {
  OpenPeerConnection,
  PeerConnection,
  PeerConnectionListener,
  Sender,
  Transceiver,
} from "./call/peer-connection";
export type { Quality } from "./call/quality";
export type { SharedState } from "./call/shared-state";
