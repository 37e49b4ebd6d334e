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

test("every member has a tile, the user's own comes last, and only sent videos are shown", () => {
  const { others } = tilesOf([member("me", "camera"), member("ann", "microphone")], "me", null);
  expect(others.map(({ id, isMe, stream }) => [id, isMe, stream])).toEqual([
    ["ann/camera", false, null],
    ["me/camera", true, "me/camera"],
  ]);
});

test("the chosen order applies to all tiles except the featured one", () => {
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

test("a shared screen is featured, and its owner keeps a tile", () => {
  expect(shown([member("me"), member("ann", "camera", "screen")])).toEqual({
    featured: "ann/screen",
    others: ["ann/camera", "me/camera"],
  });
});

test("the user's own screen isn't featured", () => {
  expect(shown([member("me", "screen"), member("ann")])).toEqual({
    featured: null,
    others: ["me/screen", "ann/camera", "me/camera"],
  });
});

test("a pinned tile is featured until it is gone", () => {
  const screens = [member("me"), member("ann", "screen"), member("bob")];
  expect(shown(screens, "bob/camera").featured).toBe("bob/camera");
  expect(shown(screens.slice(0, 2), "bob/camera").featured).toBe("ann/screen");
});
