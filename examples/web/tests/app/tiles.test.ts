import { expect, test } from "vitest";
import type { Member } from "../../src/features/people/people-slice";
import { tilesOf } from "../../src/features/stage/tiles";

const member = (id: string, ...tracks: string[]): Member => ({
  id,
  username: id,
  mark: null,
  role: "guest",
  state: null,
  connection: null,
  tracks,
});

const shown = (members: Member[], pinned: string | null = null) => {
  const { featured, others } = tilesOf(members, "me", pinned);
  return { featured: featured?.id ?? null, others: others.map(({ id }) => id) };
};

test("everybody has a tile, oneself the last, and a picture only where one is sent", () => {
  const { others } = tilesOf([member("me", "camera"), member("ann", "microphone")], "me", null);
  expect(others.map(({ id, isMe, stream }) => [id, isMe, stream])).toEqual([
    ["ann/camera", false, null],
    ["me/camera", true, "me/camera"],
  ]);
});

test("the order that was chosen holds for all but what is large", () => {
  const { featured, others } = tilesOf(
    [member("me"), member("ann"), member("bob")],
    "me",
    "bob/camera",
    ["me/camera", "bob/camera", "ann/camera"],
  );
  expect([featured?.id, others.map(({ id }) => id)]).toEqual([
    "bob/camera",
    ["me/camera", "ann/camera"],
  ]);
});

test("a screen is large, and its owner keeps a tile", () => {
  expect(shown([member("me"), member("ann", "camera", "screen")])).toEqual({
    featured: "ann/screen",
    others: ["ann/camera", "me/camera"],
  });
});

test("one's own screen is not large: one sees it anyway", () => {
  expect(shown([member("me", "screen"), member("ann")])).toEqual({
    featured: null,
    others: ["me/screen", "ann/camera", "me/camera"],
  });
});

test("what is pinned is large, until it is gone", () => {
  const screens = [member("me"), member("ann", "screen"), member("bob")];
  expect(shown(screens, "bob/camera").featured).toBe("bob/camera");
  expect(shown(screens.slice(0, 2), "bob/camera").featured).toBe("ann/screen");
});
