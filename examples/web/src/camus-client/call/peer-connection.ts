// The part of RTCPeerConnection (W3C WebRTC 1.0) that the library uses, so that tests can
// replace it.

/** The part of RTCRtpSender in use. */
export interface Sender {
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
}

/** The part of RTCRtpTransceiver in use. */
export interface Transceiver {
  readonly mid: string | null;
  direction: RTCRtpTransceiverDirection;
  readonly currentDirection: RTCRtpTransceiverDirection | null;
  readonly sender: Sender;
  readonly receiver: { readonly track: MediaStreamTrack };
}

/** The part of RTCPeerConnection in use. */
export interface PeerConnection {
  readonly signalingState: RTCSignalingState;
  readonly connectionState: RTCPeerConnectionState;
  readonly localDescription: RTCSessionDescriptionInit | null;
  readonly remoteDescription: RTCSessionDescriptionInit | null;
  setLocalDescription(description?: { type: "rollback" }): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  addIceCandidate(candidate: RTCIceCandidateInit | null): Promise<void>;
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): Sender;
  addTransceiver(kind: "audio" | "video", init: { direction: "recvonly" }): unknown;
  getTransceivers(): readonly Transceiver[];
  createDataChannel(label: string, options: { negotiated: true; id: number }): RTCDataChannel;
  restartIce(): void;
  setConfiguration(configuration: RTCConfiguration): void;
  getStats(): Promise<ReadonlyMap<string, unknown>>;
  close(): void;
}

/** Receives the events of a peer connection. */
export interface PeerConnectionListener {
  negotiationNeeded(): void;
  /** A local candidate was found; null means the end of candidates. */
  candidate(candidate: RTCIceCandidateInit | null): void;
  stateChanged(): void;
}

/** Creates a peer connection. The listener isn't called before this returns. */
export type OpenPeerConnection = (
  configuration: RTCConfiguration,
  listener: PeerConnectionListener,
) => PeerConnection;

/** Creates an RTCPeerConnection of the browser. */
export const openRtcPeerConnection: OpenPeerConnection = (configuration, listener) => {
  const connection = new RTCPeerConnection(configuration);
  connection.addEventListener("negotiationneeded", () => listener.negotiationNeeded());
  connection.addEventListener("icecandidate", ({ candidate }) =>
    listener.candidate(candidate?.toJSON() ?? null),
  );
  connection.addEventListener("connectionstatechange", () => listener.stateChanged());
  return connection;
};

/** A listener for connections that are only created to test a configuration. */
export const IGNORE_EVENTS: PeerConnectionListener = {
  negotiationNeeded: () => undefined,
  candidate: () => undefined,
  stateChanged: () => undefined,
};
