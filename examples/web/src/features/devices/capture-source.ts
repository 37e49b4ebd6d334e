// One microphone or camera: switched on and off, and over to another device.

import { faultOf } from "./device-faults";
import type { Fault } from "./device-faults";

export type Kind = "microphone" | "camera";

/** What a source does, for those who show it. */
export interface SourceState {
  /** Whether it sends, or will as soon as it has started. */
  readonly isOn: boolean;
  readonly isStarting: boolean;
  /** The device in use, or the one that was chosen. */
  readonly deviceId: string | null;
  readonly fault: Fault | null;
}

/** Has the browser open a device, of this id if there is one. */
export type OpenDevice = (kind: Kind, deviceId: string | null) => Promise<MediaStreamTrack>;

/** Hears what comes of a source. */
export interface SourceListener {
  changed(): void;
  /** The device has ended by itself: it was unplugged, or the permission taken back. */
  lost(): void;
}

export class Source {
  #state: SourceState = { isOn: false, isStarting: false, deviceId: null, fault: null };
  #track: MediaStreamTrack | null = null;
  /** Which opening counts: a device that comes late is not wanted any more. */
  #turn = 0;

  constructor(
    readonly kind: Kind,
    readonly open: OpenDevice,
    readonly listener: SourceListener,
  ) {}

  get state(): SourceState {
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
      this.#become({ isOn: true, fault: null });
      return;
    }
    await this.#start(opening ?? this.open(this.kind, this.#state.deviceId));
  }

  /** Switches it off: the light of a camera goes out. */
  turnOff(): void {
    if (this.kind === "camera") this.#drop();
    else if (this.#track) this.#track.enabled = false;
    this.#become({ isOn: false });
  }

  /**
   * Takes another device from now on; one that is off stays off. The old track is sent until
   * the new one is there: so nothing has to be agreed with anybody.
   */
  async use(deviceId: string | null): Promise<void> {
    this.#become({ deviceId, fault: null });
    if (!this.#state.isOn) {
      this.#drop();
      return;
    }
    this.#track?.stop(); // some phones open one camera at a time
    await this.#start(this.open(this.kind, deviceId));
  }

  /** It can't be had. */
  fail(fault: Fault): void {
    this.#drop();
    this.#become({ isOn: false, fault });
  }

  /** Switches it off and gives the device back. */
  close(): void {
    this.#drop();
    this.#become({ isOn: false, fault: null });
  }

  async #start(opening: Promise<MediaStreamTrack>): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.#become({ isOn: true, isStarting: true, fault: null });
    try {
      const track = await opening;
      if (turn === this.#turn) this.#take(track);
      else track.stop();
    } catch (error) {
      if (turn === this.#turn) this.fail(faultOf(error));
    }
  }

  #take(track: MediaStreamTrack): void {
    this.#track?.stop();
    this.#track = track;
    track.enabled = this.#state.isOn;
    track.addEventListener("ended", () => {
      if (this.#track === track) this.listener.lost();
    });
    const deviceId = track.getSettings().deviceId ?? this.#state.deviceId;
    this.#become({ isStarting: false, deviceId });
  }

  #drop(): void {
    this.#turn += 1;
    this.#track?.stop();
    this.#track = null;
    this.#become({ isStarting: false });
  }

  #become(change: Partial<SourceState>): void {
    this.#state = { ...this.#state, ...change };
    this.listener.changed();
  }
}
