// A fake RTCPeerConnection without a network: the signaling states, transceivers and ICE
// generations of W3C WebRTC 1.0, as far as negotiation depends on them.

import type {
  OpenPeerConnection,
  PeerConnection,
  PeerConnectionListener,
  Sender,
  Transceiver,
} from "../src/camus-client/call/peer-connection";

type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

interface Section {
  readonly mid: string;
  readonly kind: string;
  readonly direction: Direction;
}

/** The content of a description; its JSON is the `sdp`. */
interface FakeSdp {
  readonly ufrag: string;
  readonly sections: readonly Section[];
  readonly channel: boolean;
}

const sends = (one: Direction): boolean => one === "sendrecv" || one === "sendonly";
const receives = (one: Direction): boolean => one === "sendrecv" || one === "recvonly";
const direction = (sending: boolean, receiving: boolean): Direction =>
  sending ? (receiving ? "sendrecv" : "sendonly") : receiving ? "recvonly" : "inactive";
const reversed = (one: Direction): Direction => direction(receives(one), sends(one));
const common = (one: Direction, other: Direction): Direction =>
  direction(sends(one) && sends(other), receives(one) && receives(other));

export const fakeTrack = (kind: string): MediaStreamTrack =>
  ({ kind, id: `${kind}-${(tracksMade += 1)}` }) as unknown as MediaStreamTrack;
let tracksMade = 0;

class FakeTransceiver implements Transceiver {
  mid: string | null = null;
  hasSent = false;
  #currentDirection: Direction | null = null;
  /** Returns whether a direction is still as negotiated; otherwise negotiation is needed. */
  isAsNegotiated: ((now: Direction) => boolean) | null = null;
  readonly receiver: { track: MediaStreamTrack };
  readonly sender: Sender & { track: MediaStreamTrack | null };

  constructor(
    readonly owner: FakePeerConnection,
    readonly kind: string,
    public origin: "by addTrack" | "by addTransceiver" | "by the other side",
    private wanted: Direction,
  ) {
    this.receiver = { track: fakeTrack(kind) };
    this.sender = {
      track: null,
      replaceTrack(track) {
        this.track = track;
        return Promise.resolve();
      },
    };
  }

  get currentDirection(): Direction | null {
    return this.#currentDirection;
  }

  set currentDirection(now: Direction | null) {
    this.#currentDirection = now;
    this.hasSent ||= now !== null && sends(now);
  }

  get direction(): Direction {
    return this.wanted;
  }

  set direction(wanted: RTCRtpTransceiverDirection) {
    if (wanted === "stopped") throw new TypeError(wanted);
    this.wanted = wanted;
    this.owner.checkNegotiationNeeded();
  }
}

let ufragsMade = 0;
const newUfrag = (): string => `ufrag-${(ufragsMade += 1)}`;

export class FakePeerConnection implements PeerConnection {
  signalingState: RTCSignalingState = "stable";
  #isClosed = false;
  connectionState: RTCPeerConnectionState = "new";
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  readonly candidates: (RTCIceCandidateInit | null)[] = [];
  restarts = 0;
  stats: ReadonlyMap<string, unknown> = new Map();
  #transceivers: FakeTransceiver[] = [];
  #hasChannel = false;
  #negotiationNeeded = false;
  #wantsRestart = false;
  /** The stable state to which a rollback returns. */
  #stable: { local: FakeSdp | null; remote: FakeSdp | null; mids: ReadonlySet<string> } = {
    local: null,
    remote: null,
    mids: new Set(),
  };

  constructor(
    public configuration: RTCConfiguration,
    readonly listener: PeerConnectionListener,
  ) {}

  async setLocalDescription(description?: { type: "rollback" }): Promise<void> {
    await this.#delay();
    if (description) {
      if (this.signalingState === "stable") throw this.#invalid("rollback");
      this.#rollBack();
      this.#becomeStable();
    } else if (this.signalingState === "have-remote-offer") {
      this.#answer();
    } else if (this.signalingState === "stable") {
      this.#offer();
    } else {
      throw this.#invalid("setLocalDescription");
    }
  }

  async setRemoteDescription({ type, sdp = "" }: RTCSessionDescriptionInit): Promise<void> {
    await this.#delay();
    if (type === "answer" && this.signalingState !== "have-local-offer") {
      throw this.#invalid("answer");
    }
    if (type === "offer" && this.signalingState === "have-local-offer") this.#rollBack();
    if (type === "offer" && this.signalingState !== "stable") throw this.#invalid("offer");
    const said = JSON.parse(sdp) as FakeSdp;
    this.remoteDescription = { type, sdp };
    if (type === "offer") {
      this.signalingState = "have-remote-offer";
      for (const section of said.sections) this.#associate(section);
    } else {
      this.#acceptAnswer(said);
    }
  }

  async addIceCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    await this.#delay();
    if (!this.remoteDescription) throw this.#invalid("addIceCandidate");
    const { ufrag } = JSON.parse(this.remoteDescription.sdp ?? "") as FakeSdp;
    if (candidate && candidate.usernameFragment !== ufrag) {
      throw new Error(`${candidate.usernameFragment ?? ""} is not ${ufrag}`);
    }
    this.candidates.push(candidate);
  }

  addTrack(track: MediaStreamTrack): Sender {
    let transceiver = this.#transceivers.find(
      ({ kind, sender, hasSent }) => kind === track.kind && sender.track === null && !hasSent,
    );
    if (transceiver) {
      transceiver.origin = "by addTrack";
      transceiver.sender.track = track;
      transceiver.direction = direction(true, receives(transceiver.direction));
    } else {
      transceiver = new FakeTransceiver(this, track.kind, "by addTrack", "sendrecv");
      transceiver.sender.track = track;
      this.#transceivers.push(transceiver);
      this.checkNegotiationNeeded();
    }
    return transceiver.sender;
  }

  addTransceiver(kind: string, { direction: wanted }: { direction: "recvonly" }): void {
    this.#transceivers.push(new FakeTransceiver(this, kind, "by addTransceiver", wanted));
    this.checkNegotiationNeeded();
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.#transceivers;
  }

  createDataChannel(label: string): RTCDataChannel {
    this.#hasChannel = true;
    this.checkNegotiationNeeded();
    return { label } as unknown as RTCDataChannel;
  }

  restartIce(): void {
    this.restarts += 1;
    this.#wantsRestart = true;
    this.checkNegotiationNeeded();
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  getStats(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(this.stats);
  }

  close(): void {
    this.#isClosed = true;
    this.signalingState = "closed";
    this.connectionState = "closed";
  }

  /** Changes the connection state. */
  setConnectionState(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.listener.stateChanged();
  }

  /** The negotiated ICE generations: the local one, and the remote one. */
  get agreement(): { local: string | null; remote: string | null } {
    const { local, remote } = this.#stable;
    return { local: local?.ufrag ?? null, remote: remote?.ufrag ?? null };
  }

  /** Requests a negotiation, if one is needed and none is in progress. */
  checkNegotiationNeeded(): void {
    queueMicrotask(() => {
      if (this.signalingState !== "stable" || this.#negotiationNeeded || !this.#isNeeded())
        return;
      this.#negotiationNeeded = true;
      this.listener.negotiationNeeded();
    });
  }

  #isNeeded(): boolean {
    return (
      this.#wantsRestart ||
      (this.#hasChannel && !this.#stable.local?.channel) ||
      this.#transceivers.some(
        ({ mid, isAsNegotiated, direction: now }) => mid === null || !isAsNegotiated?.(now),
      )
    );
  }

  #offer(): void {
    for (const transceiver of this.#transceivers) {
      transceiver.mid ??= String(this.#transceivers.filter(({ mid }) => mid !== null).length);
    }
    const sections = this.#transceivers
      .map(({ mid, kind, direction: now }) => ({ mid: mid ?? "", kind, direction: now }))
      .sort((one, other) => Number(one.mid) - Number(other.mid));
    const isNew = this.#wantsRestart || !this.#stable.local;
    const ufrag = isNew ? newUfrag() : (this.#stable.local?.ufrag ?? "");
    this.#describe("offer", { ufrag, sections, channel: this.#hasChannel });
    this.signalingState = "have-local-offer";
    if (isNew) this.#gather(ufrag);
  }

  #answer(): void {
    const offer = JSON.parse(this.remoteDescription?.sdp ?? "") as FakeSdp;
    const isNew = offer.ufrag !== this.#stable.remote?.ufrag;
    const ufrag = isNew ? newUfrag() : (this.#stable.local?.ufrag ?? "");
    const sections = offer.sections.map(({ mid, kind, direction: offered }): Section => {
      const transceiver = this.#transceivers.find((one) => one.mid === mid);
      if (!transceiver) throw new Error(`no transceiver for ${mid}`);
      const most = reversed(offered);
      const result = common(transceiver.direction, most);
      transceiver.currentDirection = result;
      transceiver.isAsNegotiated = (now) => common(now, most) === result;
      return { mid, kind, direction: result };
    });
    const answer = { ufrag, sections, channel: offer.channel };
    this.#describe("answer", answer);
    this.#stable = { local: answer, remote: offer, mids: this.#mids() };
    this.#becomeStable();
    if (isNew) this.#wantsRestart = false;
    if (isNew) this.#gather(ufrag);
  }

  #acceptAnswer(answer: FakeSdp): void {
    const offer = JSON.parse(this.localDescription?.sdp ?? "") as FakeSdp;
    for (const [index, { mid, direction: answered }] of answer.sections.entries()) {
      const transceiver = this.#transceivers.find((one) => one.mid === mid);
      const offered = offer.sections[index]?.direction;
      if (!transceiver || !offered) throw new Error(`an answer to another offer: ${mid}`);
      transceiver.currentDirection = reversed(answered);
      transceiver.isAsNegotiated = (now) => now === offered;
    }
    if (offer.ufrag !== this.#stable.local?.ufrag) this.#wantsRestart = false;
    this.#stable = { local: offer, remote: answer, mids: this.#mids() };
    this.#becomeStable();
  }

  #associate({ mid, kind }: Section): void {
    if (this.#transceivers.some((one) => one.mid === mid)) return;
    const free = this.#transceivers.find(
      (one) => one.mid === null && one.kind === kind && one.origin === "by addTrack",
    );
    const transceiver =
      free ?? new FakeTransceiver(this, kind, "by the other side", "recvonly");
    transceiver.mid = mid;
    if (!free) this.#transceivers.push(transceiver);
  }

  #rollBack(): void {
    const { local, remote, mids } = this.#stable;
    for (const transceiver of this.#transceivers) {
      if (transceiver.mid !== null && !mids.has(transceiver.mid)) transceiver.mid = null;
    }
    this.#transceivers = this.#transceivers.filter(
      ({ mid, origin }) => mid !== null || origin !== "by the other side",
    );
    this.localDescription = local && { type: "offer", sdp: JSON.stringify(local) };
    this.remoteDescription = remote && { type: "answer", sdp: JSON.stringify(remote) };
    this.signalingState = "stable";
  }

  #becomeStable(): void {
    this.signalingState = "stable";
    this.#negotiationNeeded = false;
    this.checkNegotiationNeeded();
  }

  #describe(type: "offer" | "answer", sdp: FakeSdp): void {
    this.localDescription = { type, sdp: JSON.stringify(sdp) };
  }

  /** Emits candidates after the description was set. */
  #gather(usernameFragment: string): void {
    setImmediate(() => {
      const candidate = { candidate: "candidate:1", sdpMid: "0", usernameFragment };
      if (this.signalingState === "closed") return;
      this.listener.candidate(candidate);
      this.listener.candidate(null);
    });
  }

  #mids(): ReadonlySet<string> {
    return new Set(this.#transceivers.flatMap(({ mid }) => (mid === null ? [] : [mid])));
  }

  async #delay(): Promise<void> {
    if (this.signalingState === "closed") throw this.#invalid("it is closed");
    await new Promise(setImmediate);
    if (this.#isClosed) await new Promise(() => undefined); // as W3C WebRTC 1.0 demands
  }

  #invalid(what: string): Error {
    return new Error(`InvalidStateError: ${what} in ${this.signalingState}`);
  }
}

/** Returns an opener, and the peer connections that it has created, newest last. */
export function fakeOpener(): { open: OpenPeerConnection; made: FakePeerConnection[] } {
  const made: FakePeerConnection[] = [];
  const open: OpenPeerConnection = (configuration, listener) => {
    const connection = new FakePeerConnection(configuration, listener);
    made.push(connection);
    return connection;
  };
  return { open, made };
}
