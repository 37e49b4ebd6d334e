import { describe, expect, test } from "vitest";
import { sanitized, labelOf, named, namedAll } from "../../src/features/people/display-names";

const ann = { id: "a1b2c3", username: "Ann", mark: null };

/** Returns the mark of a client that joins with this name while Ann is present. */
const markBeside = (username: string): string | null =>
  named({ id: "e4f5a6", username }, [ann]).mark;

describe("look-alikes of a present name are marked", () => {
  test.each([
    ["the same", "Ann"],
    ["another case", "aNN"],
    ["another width", "Ａｎｎ"],
    ["letters of mathematics", "𝐀𝐧𝐧"],
    ["letters in circles", "Ⓐⓝⓝ"],
    ["an accent", "Änn"],
    ["strokes upon it", "A̷n̷n̷"],
    ["a joiner inside", "An\u200dn"],
    ["a filler behind", "Ann\u3164"],
    ["a space that is none", "Ann\u00a0"],
    ["a full stop", "Ann."],
    ["Cyrillic", "Аnn"],
    ["Greek", "Αnn"],
    ["Cherokee", "Ꭺnn"],
    ["what the app writes behind oneself", "Ann (you)"],
    ["the same in German", "Ann (du)"],
    ["a mark of its own", "Ann #a1b2"],
    ["a mark in another width", "Bob ＃a1b2"],
    ["what the app calls oneself", "You"],
    ["nothing to see", "\u200b"],
  ])("%s", (_, username) => {
    expect(markBeside(username)).toBe("#e4f5");
  });

  test.each(["Anna", "Hann", "Bob", "安", "🚀", "Ann Berlin"])(
    "%s is somebody else",
    (name) => {
      expect(markBeside(name)).toBe(null);
    },
  );

  test.each([
    ["Iris", "lris"],
    ["Bill", "BiIl"],
    ["Otto", "0tto"],
    ["Marn", "Mam"],
    ["Олег", "ОЛЕГ"],
    ["Νίκος", "ΝΙΚΟΣ"],
    ["Groß", "GROSS"],
    ["Рора", "Popa"],
    ["🚀", "🚀\ufe0f"],
    ["!!!", "！！！"],
  ])("%s and %s are", (one, other) => {
    const marked = named({ id: "e4f5a6", username: other }, [{ id: "x", username: one }]);
    expect(marked.mark).toBe("#e4f5");
  });
});

describe("who is marked", () => {
  const eve = { id: "e4f5a6", username: "Аnn" };

  test("stays marked when the other one has gone, until it has another name", () => {
    const marked = named(eve, [ann]);
    expect(namedAll([eve], [marked])).toEqual([marked]);
    expect(namedAll([{ ...eve, username: "Eve" }], [marked])[0]?.mark).toBe(null);
  });

  test("who was there first stays as it was", () => {
    expect(namedAll([ann, eve], [ann]).map(({ mark }) => mark)).toEqual([null, "#e4f5"]);
  });

  test("where nobody can tell who was first, all are marked", () => {
    const marks = namedAll([ann, eve], []).map(({ mark }) => mark);
    expect(marks).toEqual(["#a1b2", "#e4f5"]);
  });

  test("who renames itself is the later one", () => {
    const bob = { id: "b0b0", username: "Bob", mark: null };
    const renamed = namedAll([{ id: "b0b0", username: "ANN" }], [bob, ann], [bob, ann]);
    expect(renamed.map(({ mark }) => mark)).toEqual(["#b0b0"]);
  });
});

describe("a name has no effect on the text around it", () => {
  test("controls of direction and lines are left out", () => {
    expect(sanitized("\u202eAnn\u2069\n\u2028 \u0007B")).toBe("Ann B");
    expect(sanitized("\ud800Ann\udfff")).toBe("Ann");
  });

  test("one from right to left is isolated in a sentence, with its mark outside", () => {
    expect(labelOf({ username: "דנה", mark: null })).toBe("\u2068דנה\u2069");
    expect(labelOf({ username: "דנה", mark: "#a1b2" })).toBe("\u2068דנה\u2069 #a1b2");
    expect(labelOf(ann)).toBe("Ann");
  });

  test("it is bounded, whatever another server lets through", () => {
    expect(sanitized("ﷺ".repeat(100_000)).length).toBe(256);
  });
});

test("no name stands on the lines around it", () => {
  expect(sanitized(`e${"\u0301".repeat(63)}`)).toBe(`e${"\u0301".repeat(4)}`);
  expect(sanitized("שָׁ֑לוֹם")).toBe("שָׁ֑לוֹם");
});
