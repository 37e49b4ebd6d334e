// What of a browser the page of a test needs and happy-dom hasn't: sizes, calls, and a server.

import { LIMITS } from "../../src/camus-client/generated";
import type { SessionClient } from "../../src/camus-client/generated";

/** The client id of the page. */
export const ME = "0e0e0e";

/** A connection that takes no description, as browsers take none that is not well formed. */
class NoPeerConnection extends EventTarget {
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

/** Elements have the size of a panel, or of a line of the chat. */
class OnceResized {
  constructor(readonly tell: (entries: unknown[]) => void) {}
  observe(target: Element): void {
    queueMicrotask(() => this.tell([{ target }]));
  }
  unobserve = (): undefined => undefined;
  disconnect = (): undefined => undefined;
}

/** The socket of the page, at whose other end the test is the server. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static last: FakeSocket | null = null;
  static roster: readonly SessionClient[] = [];
  readonly readyState = 1;
  readonly protocol = "camus.2";
  readonly said: string[] = [];

  constructor() {
    super();
    FakeSocket.last = this;
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(frame: string): void {
    this.said.push(frame);
    const { type, id } = JSON.parse(frame) as { type: string; id?: string };
    if (type === "join") this.#admit(id ?? null);
  }

  close = (): undefined => undefined;

  /** Says a frame to the page. */
  says(frame: string): void {
    this.dispatchEvent(new MessageEvent("message", { data: frame }));
  }

  #admit(id: string | null): void {
    const data = {
      id: ME,
      room_id: "lobby",
      role: "owner",
      session: "session",
      resumed: false,
      clients: FakeSocket.roster,
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
    queueMicrotask(() => this.says(JSON.stringify(frame)));
  }
}

/** Puts all that into the page of the test. */
export function stubBrowser(): void {
  Object.assign(globalThis, {
    RTCPeerConnection: NoPeerConnection,
    ResizeObserver: OnceResized,
    WebSocket: FakeSocket,
    MediaStream: class extends EventTarget {},
  });
  Object.assign(window, { ResizeObserver: OnceResized });
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
