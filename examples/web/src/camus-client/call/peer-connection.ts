// What is used of RTCPeerConnection (W3C WebRTC 1.0), so that a test can have another.

/** What is used of RTCRtpSender. */
export interface Sender {
  replaceTrack(track: MediaStreamTrack | null): Promise<void>;
}

/** What is used of RTCRtpTransceiver. */
export interface Transceiver {
  readonly mid: string | null;
  direction: RTCRtpTransceiverDirection;
  readonly currentDirection: RTCRtpTransceiverDirection | null;
  readonly sender: Sender;
  readonly receiver: { readonly track: MediaStreamTrack };
}

/** What is used of RTCPeerConnection. */
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

/** Hears what happens to a peer connection. */
export interface PeerConnectionListener {
  negotiationNeeded(): void;
  /** A local candidate; null says that there are no more. */
  candidate(candidate: RTCIceCandidateInit | null): void;
  stateChanged(): void;
}

/** Makes a peer connection. Nothing is told before it has returned. */
export type OpenPeerConnection = (
  configuration: RTCConfiguration,
  listener: PeerConnectionListener,
) => PeerConnection;

/** Makes a peer connection of the browser. */
export const openRtcPeerConnection: OpenPeerConnection = (configuration, listener) => {
  const connection = new RTCPeerConnection(configuration);
  connection.addEventListener("negotiationneeded", () => listener.negotiationNeeded());
  connection.addEventListener("icecandidate", ({ candidate }) =>
    listener.candidate(candidate?.toJSON() ?? null),
  );
  connection.addEventListener("connectionstatechange", () => listener.stateChanged());
  return connection;
};
