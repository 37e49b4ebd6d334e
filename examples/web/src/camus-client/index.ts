// camus-client: sessions and calls with a Camus server, without a framework.

export { sleepDetectorOf, pageSleepDetector } from "./sleep-detection";
export type { SleepDetector, ObservedPage } from "./sleep-detection";
export { HAND, SPEAK, maySpeak, nextHand, raisedHands } from "./attributes";
export type { Attributes } from "./attributes";
export { reconnectAdvice, DEFAULT_RECONNECT_POLICY } from "./backoff";
export type { ReconnectPolicy } from "./backoff";
export { createRoom, findRoom, listRooms } from "./directory";
export { systemClock } from "./clock";
export type { Clock } from "./clock";
export { EncryptionError, newSecret, RoomKey } from "./encryption";
export type { EncryptionFault } from "./encryption";
export type { SendableMessage } from "./frames";
export * from "./generated";
export { listBans, unban } from "./bans";
export {
  createInvitation,
  invitationIn,
  listInvitations,
  revokeInvitation,
  withInvitation,
} from "./invitations";
export { browserGuestToken } from "./guest-tokens";
export type { BrowserStorage, GuestTokenStore } from "./guest-tokens";
export { tabSessionStore } from "./session-store";
export type { SessionStore, StoredSession, TabLocks, TabStorage } from "./session-store";
export type { HandshakeRefusal } from "./handshake-refusal";
export { Refused, NoReply } from "./requests";
export type { ServerRequest } from "./requests";
export { Session } from "./session";
export type { SessionOptions } from "./session";
export { Ended, NotSent } from "./session-events";
export type {
  Entered,
  SessionEnd,
  SessionEvents,
  Status,
  MemberMessage,
  ServerMessage,
} from "./session-events";
export { openWebSocket } from "./transport";
export type { OpenTransport, Transport, TransportListener } from "./transport";
export { Call } from "./call/call";
export type { CallEvents, CallSession } from "./call/call-events";
export type { CallOptions } from "./call/call";
export type { PeerState } from "./call/peer";
export { usableIceServers } from "./call/usable-ice-servers";
export type { UsableIceServers } from "./call/usable-ice-servers";
export { openRtcPeerConnection } from "./call/peer-connection";
export type {
  OpenPeerConnection,
  PeerConnection,
  PeerConnectionListener,
  Sender,
  Transceiver,
} from "./call/peer-connection";
export type { ConnectionQuality } from "./call/connection-quality";
export type { MemberState } from "./call/member-state";
