// The media that this client sends: microphone, camera and screen.

import { Emitter } from "../../camus-client/emitter";
import { faultOf } from "./device-faults";
import type { DeviceFault } from "./device-faults";
import { cameraConstraints } from "./resolution";
import type { Resolution } from "./resolution";
import { CaptureSource } from "./capture-source";
import type { SourceKind, CaptureState } from "./capture-source";

/** The part of `navigator.mediaDevices` in use; only pages over https have it. */
export type MediaDevicesLike = Pick<
  MediaDevices,
  "getUserMedia" | "getDisplayMedia" | "enumerateDevices" | "addEventListener"
>;

/** The names of tracks in `x-tracks`. */
export type TrackName = SourceKind | "screen" | "screen-audio";

/** A device that the user can select. */
export interface KnownDevice {
  readonly id: string;
  readonly label: string;
}

/** The preferred devices and resolution; it isn't a fault if they are missing. */
export interface Preferences {
  readonly devices: Readonly<Record<SourceKind, string | null>>;
  readonly resolution: Resolution;
}

/** The state of all sources, and the known devices. */
export interface MediaState {
  readonly microphone: CaptureState;
  readonly camera: CaptureState;
  readonly screen: { readonly isOn: boolean; readonly fault: DeviceFault | null };
  readonly known: Readonly<Record<SourceKind, readonly KnownDevice[]>>;
}

export interface MediaEvents {
  state: MediaState;
  /** The track sent under this name has changed; null means none. */
  track: { readonly name: TrackName; readonly track: MediaStreamTrack | null };
  /** A device has gone, and another one of the same kind replaces it. */
  replaced: { readonly kind: SourceKind; readonly label: string };
}

/** Text must be sharp rather than move smoothly. */
const SCREEN_CONSTRAINTS = { frameRate: { ideal: 15, max: 30 } };

const DEVICE_KIND = { microphone: "audioinput", camera: "videoinput" } as const;

export class LocalMedia {
  readonly #events = new Emitter<MediaEvents>();
  readonly #sources: Readonly<Record<SourceKind, CaptureSource>>;
  readonly #sent = new Map<TrackName, MediaStreamTrack>();
  #preferred: Preferences = { devices: { microphone: null, camera: null }, resolution: "auto" };
  #screen: MediaState["screen"] = { isOn: false, fault: null };
  #known: MediaState["known"] = { microphone: [], camera: [] };

  constructor(readonly devices: MediaDevicesLike | undefined) {
    const source = (kind: SourceKind): CaptureSource =>
      new CaptureSource(kind, (_, deviceId) => this.#open(kind, deviceId), {
        changed: () => this.#emitState(),
        lost: () => void this.#replace(kind),
      });
    this.#sources = { microphone: source("microphone"), camera: source("camera") };
    devices?.addEventListener("devicechange", () => void this.#listDevices());
  }

  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (event: MediaEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  get state(): MediaState {
    return {
      microphone: this.#sources.microphone.state,
      camera: this.#sources.camera.state,
      screen: this.#screen,
      known: this.#known,
    };
  }

  /** The tracks to send, by name. */
  get tracks(): ReadonlyMap<TrackName, MediaStreamTrack> {
    return this.#sent;
  }

  /** Sets the devices to open unless another one is requested. */
  prefer({ devices, resolution }: Preferences): void {
    this.#preferred = { devices, resolution };
  }

  /** Limits the camera to this resolution, as far as the camera supports it. */
  async setResolution(resolution: Resolution): Promise<void> {
    this.prefer({ ...this.#preferred, resolution });
    try {
      await this.#sources.camera.track?.applyConstraints(cameraConstraints(resolution));
    } catch {
      // The camera can't change while it runs; the resolution applies when it is next opened.
    }
  }

  /** Opens the wanted devices, with a single permission prompt if the browser supports that. */
  async start(wanted: Readonly<Record<SourceKind, boolean>>): Promise<void> {
    const { microphone, camera } = this.#sources;
    if (wanted.microphone && wanted.camera) {
      // If one of the two fails, each is opened separately, so that the other one works.
      const both = this.#getUserMedia({
        audio: this.#constraints("microphone", null),
        video: this.#constraints("camera", null),
      }).catch(() => null);
      const first = (kind: SourceKind): Promise<MediaStreamTrack> =>
        both.then((stream) => {
          const [track] = stream ? tracksOf(stream, kind) : [];
          return track ?? this.#open(kind, null);
        });
      await Promise.all([
        microphone.turnOn(first("microphone")),
        camera.turnOn(first("camera")),
      ]);
    } else {
      // A muted microphone is opened nevertheless: then its label is known, and it is ready.
      const opened = microphone.turnOn();
      if (!wanted.microphone) microphone.turnOff();
      await Promise.all([opened, wanted.camera && camera.turnOn()]);
    }
    await this.#listDevices();
  }

  async turn(kind: SourceKind, on: boolean): Promise<void> {
    const source = this.#sources[kind];
    if (on) await source.turnOn();
    else source.turnOff();
    await this.#listDevices();
  }

  async use(kind: SourceKind, deviceId: string): Promise<void> {
    const devices = { ...this.#preferred.devices, [kind]: deviceId };
    this.prefer({ ...this.#preferred, devices });
    await this.#sources[kind].use(deviceId);
  }

  /** Shares the screen or window that the user selects, with its audio if available. */
  async shareScreen(): Promise<void> {
    try {
      if (!this.devices) throw new InsecurePage();
      const stream = await this.devices.getDisplayMedia({
        video: SCREEN_CONSTRAINTS,
        audio: true,
      });
      const [picture] = stream.getVideoTracks();
      if (!picture) return;
      picture.contentHint = "detail";
      picture.addEventListener("ended", () => {
        if (this.#sent.get("screen") === picture) this.stopSharing();
      });
      this.stopSharing();
      this.#send("screen", picture);
      this.#send("screen-audio", stream.getAudioTracks()[0] ?? null);
      this.#setScreen({ isOn: true, fault: null });
    } catch (error) {
      // Closing the browser's dialog is no fault.
      const fault = faultOf(error);
      this.#setScreen({ ...this.#screen, fault: fault === "denied" ? null : fault });
    }
  }

  stopSharing(): void {
    for (const name of ["screen", "screen-audio"] as const) {
      this.#sent.get(name)?.stop();
      this.#send(name, null);
    }
    this.#setScreen({ isOn: false, fault: null });
  }

  /** Stops everything and releases the devices. */
  stop(): void {
    this.stopSharing();
    this.#sources.microphone.close();
    this.#sources.camera.close();
  }

  async #open(kind: SourceKind, deviceId: string | null): Promise<MediaStreamTrack> {
    const constraints = this.#constraints(kind, deviceId);
    const stream = await this.#getUserMedia(
      kind === "microphone" ? { audio: constraints } : { video: constraints },
    );
    const [track] = tracksOf(stream, kind);
    if (!track) throw new Error(`there is no ${kind} in what the browser gave`);
    return track;
  }

  /** Returns the constraints for a device: exactly this one if an id is given. */
  #constraints(kind: SourceKind, deviceId: string | null): MediaTrackConstraints {
    const preferred = this.#preferred.devices[kind];
    return {
      ...(kind === "camera" && cameraConstraints(this.#preferred.resolution)),
      ...(preferred !== null && { deviceId: { ideal: preferred } }),
      ...(deviceId !== null && { deviceId: { exact: deviceId } }),
    };
  }

  async #getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    if (!this.devices) throw new InsecurePage();
    return this.devices.getUserMedia(constraints);
  }

  /** Switches to another device of the kind, if there is one. */
  async #replace(kind: SourceKind): Promise<void> {
    const source = this.#sources[kind];
    await source.use(null);
    await this.#listDevices();
    const { deviceId, fault } = source.state;
    const device = this.#known[kind].find(({ id }) => id === deviceId);
    if (fault === "missing") source.fail("unplugged");
    else if (!fault && device) this.#events.emit("replaced", { kind, label: device.label });
  }

  /** Lists the devices. They have labels once permission was given for their kind. */
  async #listDevices(): Promise<void> {
    const all = (await this.devices?.enumerateDevices()) ?? [];
    const known = (kind: SourceKind): KnownDevice[] =>
      all
        .filter((device) => device.kind === DEVICE_KIND[kind] && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.#known = { microphone: known("microphone"), camera: known("camera") };
    this.#emitState();
  }

  #setScreen(screen: MediaState["screen"]): void {
    this.#screen = screen;
    this.#emitState();
  }

  #emitState(): void {
    for (const kind of ["microphone", "camera"] as const) {
      this.#send(kind, this.#sources[kind].track);
    }
    this.#events.emit("state", this.state);
  }

  #send(name: TrackName, track: MediaStreamTrack | null): void {
    if ((this.#sent.get(name) ?? null) === track) return;
    if (track) this.#sent.set(name, track);
    else this.#sent.delete(name);
    this.#events.emit("track", { name, track });
  }
}

/** The page was not loaded over https, so the browser offers no devices. */
class InsecurePage extends Error {
  override readonly name = "Insecure";
}

const tracksOf = (stream: MediaStream, kind: SourceKind): MediaStreamTrack[] =>
  kind === "microphone" ? stream.getAudioTracks() : stream.getVideoTracks();
