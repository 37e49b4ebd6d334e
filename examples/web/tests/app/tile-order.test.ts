import { expect, test } from "vitest";
import { ordered, swapped } from "../../src/features/stage/tile-order";

const tiles = (...ids: string[]) => ids.map((id) => ({ id }));
const ids = (...args: Parameters<typeof ordered>) => ordered(...args).map(({ id }) => id);

test("two tiles change their places, and the others stay", () => {
  expect(swapped(["ann", "bob", "cem", "me"], "ann", "cem")).toEqual([
    "cem",
    "bob",
    "ann",
    "me",
  ]);
});

test("without an order the tiles are as they come", () => {
  expect(ids(tiles("ann", "bob", "me"), [])).toEqual(["ann", "bob", "me"]);
});

test("who leaves or comes disturbs nothing that was arranged", () => {
  const order = ["me", "bob", "ann"];
  expect(ids(tiles("ann", "bob", "me"), order)).toEqual(order);
  expect(ids(tiles("ann", "me"), order)).toEqual(["me", "ann"]);
  expect(ids(tiles("ann", "bob", "cem", "me"), order)).toEqual(["me", "bob", "cem", "ann"]);
});
