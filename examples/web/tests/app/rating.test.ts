import { expect, test } from "vitest";
import { ratingOf } from "../../src/features/connection-quality/rating";

const quality = (loss: number | null, roundTrip: number | null) => ({
  path: null,
  bitrate: null,
  loss,
  roundTrip,
});

test("the rating is that of the worst measured value", () => {
  expect(
    [
      quality(null, null),
      quality(0.02, 0.2),
      quality(0.05, 0.2),
      quality(0, 0.5),
      quality(0.2, 0.01),
      quality(0.05, 1),
    ].map(ratingOf),
  ).toEqual(["good", "good", "fair", "fair", "poor", "poor"]);
});
