// What a person has chosen, and finds again at the next visit.

import { isObject } from "../../camus-client/frames";
import { isResolution } from "../devices/resolution";
import type { Resolution } from "../devices/resolution";
import type { SourceKind } from "../devices/capture-source";
import { ownIceServersIn } from "./own-ice-servers";
import type { OwnIceServer } from "./own-ice-servers";
import { isLanguage } from "../../texts/language";
import type { Language } from "../../texts/language";

/** Whether microphone and camera are on. */
export type SourcesOn = Readonly<Record<SourceKind, boolean>>;

export interface Settings {
  /** What this person is called; empty before it was said. */
  readonly name: string;
  /** The ids of the devices; null for whichever the browser takes. */
  readonly devices: Readonly<Record<SourceKind, string | null>>;
  /** How this person stands before the door of a room. */
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

/** 64 characters of two code units each: no server takes a longer one. */
const MAX_NAME_LENGTH = 128;

/** Reads choices that were kept; what can't be read was not chosen. */
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

/** Reads whether microphone and camera are on, or returns null where it doesn't say. */
export function sourcesOnIn(value: unknown): SourcesOn | null {
  if (!isObject(value)) return null;
  return { microphone: value.microphone === true, camera: value.camera === true };
}

const idIn = (value: unknown): string | null => (typeof value === "string" ? value : null);
