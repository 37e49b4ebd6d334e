import { expect, test } from "vitest";
import { ordered, swapped } from "../../src/features/stage/tile-order";

const tiles = (...ids: string[]) => ids.map((id) => ({ id }));
const ids = (...args: Parameters<typeof ordered>) => ordered(...args).map(({ id }) => id);

test("two tiles are swapped, and the others stay", () => {
  expect(swapped(["ann", "bob", "cem", "me"], "ann", "cem")).toEqual([
    "cem",
    "bob",
    "ann",
    "me",
  ]);
});

test("without a chosen order the tiles keep theirs", () => {
  expect(ids(tiles("ann", "bob", "me"), [])).toEqual(["ann", "bob", "me"]);
});

test("members that join or leave don't disturb the chosen order", () => {
  const order = ["me", "bob", "ann"];
  expect(ids(tiles("ann", "bob", "me"), order)).toEqual(order);
  expect(ids(tiles("ann", "me"), order)).toEqual(["me", "ann"]);
  expect(ids(tiles("ann", "bob", "cem", "me"), order)).toEqual(["me", "bob", "cem", "ann"]);
});
