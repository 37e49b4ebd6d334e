import { expect, test } from "vitest";
import { choicesIn, NO_CHOICES } from "../../src/features/settings/settings";
import type { Choices } from "../../src/features/settings/settings";

const CHOSEN: Choices = {
  name: "Ted",
  devices: { microphone: "headset", camera: null },
  sourcesOn: { microphone: false, camera: true },
  resolution: "720p",
  language: "de",
  iceServers: [{ url: "stun:stun.example.org", username: "", credential: "" }],
};

test("all that was chosen is read again", () => {
  expect(choicesIn(JSON.parse(JSON.stringify(CHOSEN)))).toEqual(CHOSEN);
});

test("what isn't a choice was not chosen, and spoils no other", () => {
  const rubbish = {
    name: 5,
    devices: "headset",
    sourcesOn: null,
    resolution: "4320p",
    language: "toString",
    iceServers: [{ url: "https://example.org" }, ...CHOSEN.iceServers],
  };
  expect(choicesIn(rubbish)).toEqual({ ...NO_CHOICES, iceServers: CHOSEN.iceServers });
  for (const nothing of [null, [], "x", {}]) expect(choicesIn(nothing)).toEqual(NO_CHOICES);
});
