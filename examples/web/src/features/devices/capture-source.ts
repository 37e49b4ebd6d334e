// One microphone or camera: switched on and off, and over to another device.

import { faultOf } from "./device-faults";
import type { DeviceFault } from "./device-faults";

export type SourceKind = "microphone" | "camera";

/** What a source does, for those who show it. */
export interface CaptureState {
  /** Whether it sends, or will as soon as it has started. */
  readonly isOn: boolean;
  readonly isStarting: boolean;
  /** The device in use, or the one that was chosen. */
  readonly deviceId: string | null;
  readonly fault: DeviceFault | null;
}

/** Has the browser open a device, of this id if there is one. */
export type OpenDevice = (
  kind: SourceKind,
  deviceId: string | null,
) => Promise<MediaStreamTrack>;

/** Hears what comes of a source. */
export interface CaptureListener {
  changed(): void;
  /** The device has ended by itself: it was unplugged, or the permission taken back. */
  lost(): void;
}

export class CaptureSource {
  #state: CaptureState = { isOn: false, isStarting: false, deviceId: null, fault: null };
  #track: MediaStreamTrack | null = null;
  /** Which opening counts: a device that comes late is not wanted any more. */
  #attempt = 0;

  constructor(
    readonly kind: SourceKind,
    readonly open: OpenDevice,
    readonly listener: CaptureListener,
  ) {}

  get state(): CaptureState {
    return this.#state;
  }

  /** What it sends; a muted microphone stays open, so that it is there at once. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Switches it on, with a device that somebody else has opened if there is one. */
  async turnOn(opening?: Promise<MediaStreamTrack>): Promise<void> {
    if ((this.#track || this.#state.isStarting) && !opening) {
      if (this.#track) this.#track.enabled = true;
      this.#setState({ isOn: true, fault: null });
      return;
    }
    await this.#start(opening ?? this.open(this.kind, this.#state.deviceId));
  }

  /** Switches it off: the light of a camera goes out. */
  turnOff(): void {
    if (this.kind === "camera") this.#release();
    else if (this.#track) this.#track.enabled = false;
    this.#setState({ isOn: false });
  }

  /**
   * Takes another device from now on; one that is off stays off. The old track is sent until
   * the new one is there: so nothing has to be agreed with anybody.
   */
  async use(deviceId: string | null): Promise<void> {
    this.#setState({ deviceId, fault: null });
    if (!this.#state.isOn) {
      this.#release();
      return;
    }
    this.#track?.stop(); // some phones open one camera at a time
    await this.#start(this.open(this.kind, deviceId));
  }

  /** It can't be had. */
  fail(fault: DeviceFault): void {
    this.#release();
    this.#setState({ isOn: false, fault });
  }

  /** Switches it off and gives the device back. */
  close(): void {
    this.#release();
    this.#setState({ isOn: false, fault: null });
  }

  async #start(opening: Promise<MediaStreamTrack>): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#setState({ isOn: true, isStarting: true, fault: null });
    try {
      const track = await opening;
      if (attempt === this.#attempt) this.#adopt(track);
      else track.stop();
    } catch (error) {
      if (attempt === this.#attempt) this.fail(faultOf(error));
    }
  }

  #adopt(track: MediaStreamTrack): void {
    this.#track?.stop();
    this.#track = track;
    track.enabled = this.#state.isOn;
    track.addEventListener("ended", () => {
      if (this.#track === track) this.listener.lost();
    });
    const deviceId = track.getSettings().deviceId ?? this.#state.deviceId;
    this.#setState({ isStarting: false, deviceId });
  }

  #release(): void {
    this.#attempt += 1;
    this.#track?.stop();
    this.#track = null;
    this.#setState({ isStarting: false });
  }

  #setState(change: Partial<CaptureState>): void {
    this.#state = { ...this.#state, ...change };
    this.listener.changed();
  }
}
