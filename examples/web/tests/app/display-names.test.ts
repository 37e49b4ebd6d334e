import { describe, expect, test } from "vitest";
import { sanitized, labelOf, named, namedAll } from "../../src/features/people/display-names";

const ann = { id: "a1b2c3", username: "Ann", mark: null };

/** Returns the mark of a client that joins with this name while Ann is present. */
const markBesideAnn = (username: string): string | null =>
  named({ id: "e4f5a6", username }, [ann]).mark;

describe("a name that looks like a present one is marked", () => {
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
    expect(markBesideAnn(username)).toBe("#e4f5");
  });

  test.each(["Anna", "Hann", "Bob", "安", "🚀", "Ann Berlin"])("%s looks different", (name) => {
    expect(markBesideAnn(name)).toBe(null);
  });

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
  ])("%s and %s look alike", (one, other) => {
    const marked = named({ id: "e4f5a6", username: other }, [{ id: "x", username: one }]);
    expect(marked.mark).toBe("#e4f5");
  });
});

describe("a marked client", () => {
  const eve = { id: "e4f5a6", username: "Аnn" };

  test("stays marked after the other one has left, until it changes its name", () => {
    const marked = named(eve, [ann]);
    expect(namedAll([eve], [marked])).toEqual([marked]);
    expect(namedAll([{ ...eve, username: "Eve" }], [marked])[0]?.mark).toBe(null);
  });

  test("is the later one: the earlier one stays unmarked", () => {
    expect(namedAll([ann, eve], [ann]).map(({ mark }) => mark)).toEqual([null, "#e4f5"]);
  });

  test("may be any of several whose order is unknown", () => {
    const marks = namedAll([ann, eve], []).map(({ mark }) => mark);
    expect(marks).toEqual(["#a1b2", "#e4f5"]);
  });

  test("may be one that has changed its name to a present one", () => {
    const bob = { id: "b0b0", username: "Bob", mark: null };
    const renamed = namedAll([{ id: "b0b0", username: "ANN" }], [bob, ann], [bob, ann]);
    expect(renamed.map(({ mark }) => mark)).toEqual(["#b0b0"]);
  });
});

describe("a name doesn't affect the surrounding text", () => {
  test("bidirectional and line controls are removed", () => {
    expect(sanitized("\u202eAnn\u2069\n\u2028 \u0007B")).toBe("Ann B");
    expect(sanitized("\ud800Ann\udfff")).toBe("Ann");
  });

  test("a right-to-left name is isolated in a sentence, without its mark", () => {
    expect(labelOf({ username: "דנה", mark: null })).toBe("\u2068דנה\u2069");
    expect(labelOf({ username: "דנה", mark: "#a1b2" })).toBe("\u2068דנה\u2069 #a1b2");
    expect(labelOf(ann)).toBe("Ann");
  });

  test("its length is limited, whatever the server allows", () => {
    expect(sanitized("ﷺ".repeat(100_000)).length).toBe(256);
  });
});

test("no name covers neighbouring lines", () => {
  expect(sanitized(`e${"\u0301".repeat(63)}`)).toBe(`e${"\u0301".repeat(4)}`);
  expect(sanitized("שָׁ֑לוֹם")).toBe("שָׁ֑לוֹם");
});
