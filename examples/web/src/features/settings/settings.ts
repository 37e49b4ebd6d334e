// The user's settings, and how they are parsed from storage.

import { isObject } from "../../camus-client/frames";
import { isResolution } from "../devices/resolution";
import type { Resolution } from "../devices/resolution";
import type { SourceKind } from "../devices/capture-source";
import { ownIceServersIn } from "./own-ice-servers";
import type { OwnIceServer } from "./own-ice-servers";
import { isLanguage } from "../../texts/language";
import type { Language } from "../../texts/language";

/** Whether the microphone and the camera are on. */
export type SourcesOn = Readonly<Record<SourceKind, boolean>>;

export interface Settings {
  /** The user's name; empty before the first visit. */
  readonly name: string;
  /** The device ids; null for the browser's default. */
  readonly devices: Readonly<Record<SourceKind, string | null>>;
  /** The devices that are on when the user opens a room. */
  readonly sourcesOn: SourcesOn;
  readonly resolution: Resolution;
  /** Null for the language that the browser prefers. */
  readonly language: Language | null;
  readonly iceServers: readonly OwnIceServer[];
}

export const DEFAULT_SETTINGS: Settings = {
  name: "",
  devices: { microphone: null, camera: null },
  sourcesOn: { microphone: true, camera: true },
  resolution: "auto",
  language: null,
  iceServers: [],
};

/** 64 characters of two code units each: no server accepts more. */
const MAX_NAME_LENGTH = 128;

/** Parses saved settings; an invalid value is replaced by its default. */
export function settingsIn(value: unknown): Settings {
  if (!isObject(value)) return DEFAULT_SETTINGS;
  const { name, devices, sourcesOn, resolution, language, iceServers } = value;
  return {
    name: typeof name === "string" ? name.slice(0, MAX_NAME_LENGTH) : DEFAULT_SETTINGS.name,
    devices: isObject(devices)
      ? { microphone: idIn(devices.microphone), camera: idIn(devices.camera) }
      : DEFAULT_SETTINGS.devices,
    sourcesOn: sourcesOnIn(sourcesOn) ?? DEFAULT_SETTINGS.sourcesOn,
    resolution: isResolution(resolution) ? resolution : DEFAULT_SETTINGS.resolution,
    language: isLanguage(language) ? language : DEFAULT_SETTINGS.language,
    iceServers: ownIceServersIn(iceServers),
  };
}

/** Parses which devices are on, or returns null if the value is no object. */
export function sourcesOnIn(value: unknown): SourcesOn | null {
  if (!isObject(value)) return null;
  return { microphone: value.microphone === true, camera: value.camera === true };
}

const idIn = (value: unknown): string | null => (typeof value === "string" ? value : null);
