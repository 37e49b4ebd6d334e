import { describe, expect, test } from "vitest";
import { gridLayout, featuredLayout } from "../../src/features/stage/tile-layout";
import type { Box, Size } from "../../src/features/stage/tile-layout";

const PHONE = { width: 360, height: 600 };
const SCREEN = { width: 1600, height: 900 };

const rows = (boxes: readonly Box[]): number[] => {
  const tops = boxes.map(({ top }) => Math.round(top));
  return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
};

const covers = (boxes: readonly Box[], space: Size): number =>
  boxes.reduce((sum, { width, height }) => sum + width * height, 0) /
  (space.width * space.height);

describe("a grid", () => {
  test("fills rows according to the shape of the space", () => {
    expect([1, 2, 3, 4, 5, 9].map((count) => rows(gridLayout(count, SCREEN)))).toEqual([
      [1],
      [2],
      [2, 1],
      [2, 2],
      [3, 2],
      [3, 3, 3],
    ]);
    expect([1, 2, 3, 4].map((count) => rows(gridLayout(count, PHONE)))).toEqual([
      [1],
      [1, 1],
      [1, 1, 1],
      [2, 2],
    ]);
  });

  test("keeps all tiles within the space, without overlap", () => {
    for (const space of [PHONE, SCREEN]) {
      for (let count = 1; count <= 30; count += 1) {
        const boxes = gridLayout(count, space);
        expect(boxes.length).toBe(count);
        boxes.forEach((one, index) => {
          expect(one.left).toBeGreaterThanOrEqual(0);
          expect(one.top).toBeGreaterThanOrEqual(0);
          expect(one.left + one.width).toBeLessThanOrEqual(space.width + 0.01);
          expect(one.top + one.height).toBeLessThanOrEqual(space.height + 0.01);
          for (const other of boxes.slice(index + 1)) {
            const beside =
              one.left + one.width < other.left || other.left + other.width < one.left;
            const above = one.top + one.height < other.top;
            expect(beside || above).toBe(true);
          }
        });
      }
    }
  });

  test("uses most of the space, with aspect ratios that fit a face", () => {
    for (const space of [PHONE, SCREEN]) {
      for (let count = 1; count <= 12; count += 1) {
        const boxes = gridLayout(count, space);
        expect(covers(boxes, space)).toBeGreaterThan(0.6);
        for (const { width, height } of boxes) {
          expect(width / height).toBeGreaterThan(0.74);
          expect(width / height).toBeLessThan(1.78);
        }
      }
    }
  });

  test("is empty without tiles, and has tiles of size 0 without space", () => {
    expect(gridLayout(0, SCREEN)).toEqual([]);
    expect(gridLayout(1, { width: 0, height: 0 })).toEqual([
      { left: 0, top: 0, width: 0, height: 0 },
    ]);
  });
});

describe("a layout with a featured tile", () => {
  test("gives all space to a single tile", () => {
    expect(featuredLayout(0, SCREEN)).toEqual({
      large: { left: 0, top: 0, ...SCREEN },
      rest: [],
    });
  });

  test("puts the others at the right of a wide space, and at the bottom of an upright one", () => {
    const wide = featuredLayout(3, SCREEN);
    expect(wide.large).toEqual({ left: 0, top: 0, width: 1272, height: 900 });
    expect(wide.rest.every(({ left }) => left >= 1280)).toBe(true);
    const upright = featuredLayout(3, PHONE);
    expect(upright.large).toEqual({ left: 0, top: 0, width: 360, height: 472 });
    expect(upright.rest.every(({ top }) => top >= 480)).toBe(true);
  });
});
