// Fake microphones and cameras, which a test can plug in and unplug.

import type { MediaDevicesLike } from "../../src/features/devices/local-media";

/** A track that a test can end. */
export class FakeTrack extends EventTarget {
  enabled = true;
  readyState: "live" | "ended" = "live";
  contentHint = "";

  constructor(
    readonly kind: "audio" | "video",
    readonly label: string,
    public constraints: unknown = {},
  ) {
    super();
  }

  stop(): void {
    this.readyState = "ended";
  }

  /** Unplugs the device. */
  unplug(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }

  applyConstraints(constraints: unknown): Promise<void> {
    this.constraints = constraints;
    return Promise.resolve();
  }

  /** The requested height of the video. */
  get height(): unknown {
    return (this.constraints as { height?: { ideal: unknown } }).height?.ideal;
  }

  getSettings(): { deviceId: string } {
    return { deviceId: this.label };
  }
}

interface RequestedKinds {
  readonly audio?: unknown;
  readonly video?: unknown;
}

const stream = (tracks: FakeTrack[]) => ({
  getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
  getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
});

/** The devices of a browser by kind, and the exceptions that it throws when they are opened. */
export class FakeDevices extends EventTarget {
  plugged = { audio: ["headset", "built-in"], video: ["webcam"] };
  faults: { audio?: string; video?: string } = {};
  /** The kinds requested from `getUserMedia`, in order. */
  readonly requested: string[] = [];
  readonly opened: FakeTrack[] = [];
  /**
   * The tracks of the screen that the user selects; null means that the dialog is cancelled.
   */
  screen: FakeTrack[] | null = null;
  /** While set, devices don't open until it is called. */
  release: (() => void) | null = null;

  async getUserMedia(wanted: RequestedKinds): Promise<unknown> {
    const kinds = (["audio", "video"] as const).filter((kind) => wanted[kind]);
    this.requested.push(kinds.join("+"));
    if (this.release) await new Promise<void>((resolve) => (this.release = resolve));
    for (const kind of kinds) this.#lookForFault(kind, idIn(wanted[kind]));
    const tracks = kinds.map((kind) => {
      const plugged = this.plugged[kind];
      const ideal = plugged.find((id) => id === idealIn(wanted[kind]));
      return new FakeTrack(kind, idIn(wanted[kind]) ?? ideal ?? plugged[0] ?? "", wanted[kind]);
    });
    this.opened.push(...tracks);
    return stream(tracks);
  }

  getDisplayMedia(): Promise<unknown> {
    return this.screen
      ? Promise.resolve(stream(this.screen))
      : Promise.reject(new DOMException("", "NotAllowedError"));
  }

  enumerateDevices(): Promise<unknown> {
    const list = (kind: "audio" | "video") =>
      this.plugged[kind].map((id) => ({ kind: `${kind}input`, deviceId: id, label: id }));
    return Promise.resolve([...list("audio"), ...list("video")]);
  }

  #lookForFault(kind: "audio" | "video", id: string | null): void {
    const fault = this.faults[kind];
    if (fault !== undefined) throw new DOMException("", fault);
    if (this.plugged[kind].length === 0) throw new DOMException("", "NotFoundError");
    if (id !== null && !this.plugged[kind].includes(id)) {
      throw new DOMException("", "OverconstrainedError");
    }
  }
}

/** Returns the fake in place of a browser's `mediaDevices`. */
export const asDevices = (devices: FakeDevices): MediaDevicesLike =>
  devices as unknown as MediaDevicesLike;

function idIn(constraint: unknown): string | null {
  const { deviceId } = constraint as { deviceId?: { exact?: string } };
  return deviceId?.exact ?? null;
}

/** Returns the preferred device; another one is acceptable. */
function idealIn(constraint: unknown): string | null {
  const { deviceId } = constraint as { deviceId?: { ideal?: string } };
  return deviceId?.ideal ?? null;
}
