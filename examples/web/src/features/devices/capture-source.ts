// One microphone or camera: turned on and off, and switched to another device.

import { faultOf } from "./device-faults";
import type { DeviceFault } from "./device-faults";

export type SourceKind = "microphone" | "camera";

/** The visible state of a source. */
export interface CaptureState {
  /** Whether it sends, or will once it has started. */
  readonly isOn: boolean;
  readonly isStarting: boolean;
  /** The device in use, or the selected one. */
  readonly deviceId: string | null;
  readonly fault: DeviceFault | null;
}

/** Opens a device; any device of the kind if `deviceId` is null. */
export type OpenDevice = (
  kind: SourceKind,
  deviceId: string | null,
) => Promise<MediaStreamTrack>;

/** Receives the events of a source. */
export interface CaptureListener {
  changed(): void;
  /** The device ended by itself: it was unplugged, or the permission was revoked. */
  lost(): void;
}

export class CaptureSource {
  #state: CaptureState = { isOn: false, isStarting: false, deviceId: null, fault: null };
  #track: MediaStreamTrack | null = null;
  /**
   * The number of the latest attempt to open a device; the result of an earlier one is
   * discarded.
   */
  #attempt = 0;

  constructor(
    readonly kind: SourceKind,
    readonly open: OpenDevice,
    readonly listener: CaptureListener,
  ) {}

  get state(): CaptureState {
    return this.#state;
  }

  /** The track to send. A muted microphone stays open, so that it can be unmuted at once. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** Turns the source on, with a device that is already being opened, if given. */
  async turnOn(opening?: Promise<MediaStreamTrack>): Promise<void> {
    if ((this.#track || this.#state.isStarting) && !opening) {
      if (this.#track) this.#track.enabled = true;
      this.#setState({ isOn: true, fault: null });
      return;
    }
    await this.#start(opening ?? this.open(this.kind, this.#state.deviceId));
  }

  /** Turns the source off; the light of a camera goes out. */
  turnOff(): void {
    if (this.kind === "camera") this.#release();
    else if (this.#track) this.#track.enabled = false;
    this.#setState({ isOn: false });
  }

  /**
   * Switches to another device; a source that is off stays off. The old track is sent until the
   * new one is ready, so no renegotiation is needed.
   */
  async use(deviceId: string | null): Promise<void> {
    this.#setState({ deviceId, fault: null });
    if (!this.#state.isOn) {
      this.#release();
      return;
    }
    this.#track?.stop(); // some phones can open only one camera at a time
    await this.#start(this.open(this.kind, deviceId));
  }

  /** Turns the source off because of a fault. */
  fail(fault: DeviceFault): void {
    this.#release();
    this.#setState({ isOn: false, fault });
  }

  /** Turns the source off and releases the device. */
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
