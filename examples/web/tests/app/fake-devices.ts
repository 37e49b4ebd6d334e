// Microphones and cameras that a test plugs in and out.

import type { MediaDevicesLike } from "../../src/features/devices/local-media";

/** A track that a test may end. */
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

  /** The device is unplugged. */
  vanish(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }

  applyConstraints(constraints: unknown): Promise<void> {
    this.constraints = constraints;
    return Promise.resolve();
  }

  /** How many lines its picture is asked to have. */
  get height(): unknown {
    return (this.constraints as { height?: { ideal: unknown } }).height?.ideal;
  }

  getSettings(): { deviceId: string } {
    return { deviceId: this.label };
  }
}

interface Wanted {
  readonly audio?: unknown;
  readonly video?: unknown;
}

const stream = (tracks: FakeTrack[]) => ({
  getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
  getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
});

/** What a browser has: devices by kind, and what it throws when one is asked for. */
export class FakeDevices extends EventTarget {
  plugged = { audio: ["headset", "built-in"], video: ["webcam"] };
  faults: { audio?: string; video?: string } = {};
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  readonly opened: FakeTrack[] = [];
  /** The screen that is chosen, with or without its sound; none: the dialog is closed. */
  screen: FakeTrack[] | null = null;
  /** Holds devices back until it is called. */
  release: (() => void) | null = null;

  async getUserMedia(wanted: Wanted): Promise<unknown> {
    const kinds = (["audio", "video"] as const).filter((kind) => wanted[kind]);
    this.asked.push(kinds.join("+"));
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

/** What a browser's `mediaDevices` would be. */
export const asDevices = (devices: FakeDevices): MediaDevicesLike =>
  devices as unknown as MediaDevicesLike;

function idIn(constraint: unknown): string | null {
  const { deviceId } = constraint as { deviceId?: { exact?: string } };
  return deviceId?.exact ?? null;
}

/** Another device will do as well. */
function idealIn(constraint: unknown): string | null {
  const { deviceId } = constraint as { deviceId?: { ideal?: string } };
  return deviceId?.ideal ?? null;
}
