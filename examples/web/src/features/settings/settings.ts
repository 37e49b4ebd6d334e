// What a person has chosen, and finds again at the next visit.

import { isObject } from "../../camus-client/frames";
import { isResolution } from "../devices/resolution";
import type { Resolution } from "../devices/resolution";
import type { Kind } from "../devices/capture-source";
import { serversIn } from "./own-ice-servers";
import type { OwnServer } from "./own-ice-servers";
import { isLanguage } from "../../texts/language";
import type { Language } from "../../texts/language";

/** Whether microphone and camera are on. */
export type SourcesOn = Readonly<Record<Kind, boolean>>;

export interface Choices {
  /** What this person is called; empty before it was said. */
  readonly name: string;
  /** The ids of the devices; null for whichever the browser takes. */
  readonly devices: Readonly<Record<Kind, string | null>>;
  /** How this person stands before the door of a room. */
  readonly sourcesOn: SourcesOn;
  readonly resolution: Resolution;
  /** Null for the language that the browser prefers. */
  readonly language: Language | null;
  readonly iceServers: readonly OwnServer[];
}

export const NO_CHOICES: Choices = {
  name: "",
  devices: { microphone: null, camera: null },
  sourcesOn: { microphone: true, camera: true },
  resolution: "auto",
  language: null,
  iceServers: [],
};

/** 64 characters of two code units each: no server takes a longer one. */
const LONGEST_NAME = 128;

/** Reads choices that were kept; what can't be read was not chosen. */
export function choicesIn(value: unknown): Choices {
  if (!isObject(value)) return NO_CHOICES;
  const { name, devices, sourcesOn, resolution, language, iceServers } = value;
  return {
    name: typeof name === "string" ? name.slice(0, LONGEST_NAME) : NO_CHOICES.name,
    devices: isObject(devices)
      ? { microphone: idIn(devices.microphone), camera: idIn(devices.camera) }
      : NO_CHOICES.devices,
    sourcesOn: sourcesIn(sourcesOn) ?? NO_CHOICES.sourcesOn,
    resolution: isResolution(resolution) ? resolution : NO_CHOICES.resolution,
    language: isLanguage(language) ? language : NO_CHOICES.language,
    iceServers: serversIn(iceServers),
  };
}

/** Reads whether microphone and camera are on, or returns null where it doesn't say. */
export function sourcesIn(value: unknown): SourcesOn | null {
  if (!isObject(value)) return null;
  return { microphone: value.microphone === true, camera: value.camera === true };
}

const idIn = (value: unknown): string | null => (typeof value === "string" ? value : null);
