import { expect, test } from "vitest";
import { settingsIn, DEFAULT_SETTINGS } from "../../src/features/settings/settings";
import type { Settings } from "../../src/features/settings/settings";

const SETTINGS: Settings = {
  name: "Ted",
  devices: { microphone: "headset", camera: null },
  sourcesOn: { microphone: false, camera: true },
  resolution: "720p",
  language: "de",
  iceServers: [{ url: "stun:stun.example.org", username: "", credential: "" }],
};

test("saved settings are parsed unchanged", () => {
  expect(settingsIn(JSON.parse(JSON.stringify(SETTINGS)))).toEqual(SETTINGS);
});

test("an invalid setting is replaced by its default, without affecting others", () => {
  const rubbish = {
    name: 5,
    devices: "headset",
    sourcesOn: null,
    resolution: "4320p",
    language: "toString",
    iceServers: [{ url: "https://example.org" }, ...SETTINGS.iceServers],
  };
  expect(settingsIn(rubbish)).toEqual({ ...DEFAULT_SETTINGS, iceServers: SETTINGS.iceServers });
  for (const nothing of [null, [], "x", {}])
    expect(settingsIn(nothing)).toEqual(DEFAULT_SETTINGS);
});
