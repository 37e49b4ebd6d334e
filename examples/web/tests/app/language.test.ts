import { expect, test } from "vitest";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { languageFor } from "../../src/texts/language";

test("the language is the chosen one, or the first supported one of the browser's", () => {
  expect(languageFor(null, ["de-AT", "en"])).toBe("de");
  expect(languageFor(null, ["fr-FR", "EN-gb", "de"])).toBe("en");
  expect(languageFor(null, ["fr", "constructor"])).toBe("en");
  expect(languageFor(null, [])).toBe("en");
  expect(languageFor("de", ["en-US"])).toBe("de");
});

/** Returns the path of each text that is not a function. */
const sentencesIn = (texts: object, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([name, text]: [string, unknown]): [string, string][] => {
    const here = `${path}/${name}`;
    if (typeof text === "string") return [[here, text]];
    return typeof text === "object" && text !== null ? sentencesIn(text, here) : [];
  });

test("no text is left in English in German", () => {
  const german = new Map(sentencesIn(de));
  const same = sentencesIn(en).filter(([path, text]) => german.get(path) === text);
  expect(same.map(([path]) => path)).toEqual([
    "/app",
    "/landing/namePlaceholder",
    "/connection/unknown",
    "/chat/title",
  ]);
});
