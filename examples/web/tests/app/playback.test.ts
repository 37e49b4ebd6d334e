import { expect, test } from "vitest";
import { roomOpened } from "../../src/features/call/session-slice";
import { memberLeft } from "../../src/features/people/people-slice";
import {
  feedOfAudioTrack,
  playbackReducer,
  pictureToggled,
  volumeChosen,
  volumeOf,
} from "../../src/features/tile-actions/playback-slice";

type Action = Parameters<typeof playbackReducer>[1];

const after = (...actions: Action[]) =>
  actions.reduce(playbackReducer, playbackReducer(undefined, { type: "start" }));

const quiet = volumeChosen({ feed: "ted/camera", volume: 0.3 });

test("each feed has its own volume, between 0 and 1", () => {
  const state = after(
    quiet,
    volumeChosen({ feed: "ann/camera", volume: 7 }),
    volumeChosen({ feed: "bob/camera", volume: -1 }),
  );
  const feeds = ["ted/camera", "ted/screen", "ann/camera", "bob/camera"];
  expect(feeds.map((feed) => volumeOf(state, feed))).toEqual([0.3, 1, 1, 0]);
});

test("a volume lasts for the call, even if the member leaves and returns", () => {
  const left = memberLeft({ id: "ted", username: "Ted", mark: null, reason: "gone" });
  expect(volumeOf(after(quiet, left), "ted/camera")).toBe(0.3);
  expect(volumeOf(after(quiet, roomOpened("other")), "ted/camera")).toBe(1);
});

test("a video can be hidden and shown again", () => {
  const toggled = pictureToggled("ted/camera");
  expect([after(toggled).hidden, after(toggled, toggled).hidden]).toEqual([["ted/camera"], []]);
});

test("a microphone belongs to the camera's feed, and screen audio to the screen's", () => {
  expect(
    ["microphone", "screen-audio", "camera"].map((name) => feedOfAudioTrack("ted", name)),
  ).toEqual(["ted/camera", "ted/screen", null]);
});
