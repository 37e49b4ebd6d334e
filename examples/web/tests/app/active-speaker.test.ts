import { expect, test } from "vitest";
import { NO_SPEAKER, activeSpeaker } from "../../src/features/stage/active-speaker";

/** Returns the active speaker after each measurement, at intervals of 100 ms. */
function activeSpeakers(...measurements: Record<string, number>[]): (string | null)[] {
  let speaking = NO_SPEAKER;
  return measurements.map((loudness, index) => {
    speaking = activeSpeaker(speaking, new Map(Object.entries(loudness)), 1000 + index * 100);
    return speaking.id;
  });
}

const repeat = (times: number, loudness: Record<string, number>): Record<string, number>[] =>
  Array.from({ length: times }, () => loudness);

test("the loudest member is the active speaker, and in silence there is none", () => {
  expect(activeSpeakers({ ann: 0, bob: 0.02 }, { ann: 0.1, bob: 0.3 })).toEqual([null, "bob"]);
});

test("a short pause doesn't change the active speaker, even if another member coughs", () => {
  const talk = activeSpeakers({ ann: 0.4 }, ...repeat(5, { ann: 0, bob: 0.5 }), {
    ann: 0.4,
    bob: 0,
  });
  expect(talk).toEqual(Array.from({ length: 7 }, () => "ann"));
});

test("after a longer pause another member becomes the active speaker", () => {
  const talk = activeSpeakers({ ann: 0.4 }, ...repeat(8, { ann: 0, bob: 0.3 }));
  expect([talk[6], talk[7]]).toEqual(["ann", "bob"]);
});

test("after a pause in which nobody is heard there is no active speaker", () => {
  expect(activeSpeakers({ ann: 0.4 }, ...repeat(8, { ann: 0 })).at(-1)).toBe(null);
});

test("an interrupting member must be clearly louder", () => {
  expect(activeSpeakers({ ann: 0.3 }, { ann: 0.3, bob: 0.4 }, { ann: 0.3, bob: 0.6 })).toEqual([
    "ann",
    "ann",
    "bob",
  ]);
});

test("a member that has left is no longer the active speaker", () => {
  expect(activeSpeakers({ ann: 0.4 }, {})).toEqual(["ann", null]);
});
