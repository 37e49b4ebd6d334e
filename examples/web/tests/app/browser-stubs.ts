// Stubs for the browser interfaces that the app needs and happy-dom lacks: sizes, WebRTC, and a
// WebSocket.

import { LIMITS } from "../../src/camus-client/generated";
import type { SessionClient } from "../../src/camus-client/generated";

/** The page's client id. */
export const ME = "0e0e0e";

/** A peer connection that refuses every description, as browsers do with malformed ones. */
class StubPeerConnection extends EventTarget {
  readonly signalingState = "stable";
  readonly connectionState = "new";
  readonly localDescription = null;
  readonly remoteDescription = null;
  setLocalDescription = (): Promise<void> => Promise.resolve();
  setRemoteDescription = (): Promise<void> => Promise.reject(new Error("no SDP"));
  addIceCandidate = (): Promise<void> => Promise.reject(new Error("no candidate"));
  getTransceivers = (): readonly never[] => [];
  getStats = (): Promise<ReadonlyMap<string, unknown>> => Promise.resolve(new Map());
  createDataChannel = (): EventTarget => new EventTarget();
  restartIce = (): undefined => undefined;
  setConfiguration = (): undefined => undefined;
  addTrack = (): undefined => undefined;
  addTransceiver = (): undefined => undefined;
  close = (): undefined => undefined;
}

/** A ResizeObserver that reports each element once; `stubBrowser` defines the sizes. */
class StubResizeObserver {
  constructor(readonly tell: (entries: unknown[]) => void) {}
  observe(target: Element): void {
    queueMicrotask(() => this.tell([{ target }]));
  }
  unobserve = (): undefined => undefined;
  disconnect = (): undefined => undefined;
}

/** The page's WebSocket; the test plays the server. */
export class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeWebSocket | null = null;
  static roster: readonly SessionClient[] = [];
  readonly readyState = 1;
  readonly protocol = "camus.2";
  readonly sent: string[] = [];

  constructor() {
    super();
    FakeWebSocket.last = this;
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(frame: string): void {
    this.sent.push(frame);
    const { type, id } = JSON.parse(frame) as { type: string; id?: string };
    if (type === "join") this.#admit(id ?? null);
  }

  close = (): undefined => undefined;

  /** Sends a frame to the page. */
  receive(frame: string): void {
    this.dispatchEvent(new MessageEvent("message", { data: frame }));
  }

  #admit(id: string | null): void {
    const data = {
      id: ME,
      room_id: "lobby",
      role: "owner",
      session: "session",
      resumed: false,
      clients: FakeWebSocket.roster,
      waiting: [],
      ice_servers: [],
      limits: LIMITS,
      capabilities: [],
      locked: false,
    };
    const frame = {
      sender: "ground control",
      receiver: ME,
      type: "joined",
      reply_to: id,
      data,
    };
    queueMicrotask(() => this.receive(JSON.stringify(frame)));
  }
}

/** Installs all stubs. */
export function stubBrowser(): void {
  Object.assign(globalThis, {
    RTCPeerConnection: StubPeerConnection,
    ResizeObserver: StubResizeObserver,
    WebSocket: FakeWebSocket,
    MediaStream: class extends EventTarget {},
  });
  Object.assign(window, { ResizeObserver: StubResizeObserver });
  const locks = {
    request: (_: string, __: object, held: (lock: object) => Promise<void>) => held({}),
  };
  Object.defineProperty(navigator, "locks", { value: locks });
  const sizes = { offsetHeight: 40, offsetWidth: 300, clientHeight: 600, clientWidth: 800 };
  for (const [name, size] of Object.entries(sizes)) {
    Object.defineProperty(HTMLElement.prototype, name, {
      configurable: true,
      get(this: HTMLElement) {
        return this.className === "chat-log" && name === "offsetHeight" ? 600 : size;
      },
    });
  }
}
