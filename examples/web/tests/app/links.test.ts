import { expect, test } from "vitest";
import { linkified } from "../../src/features/chat/links";

const links = (text: string): string[] =>
  linkified(text).flatMap((piece) => (piece.kind === "link" ? [piece.url] : []));

test("a message is split into text and links without loss", () => {
  expect(linkified("See https://example.com/a?b=c#d, dude!")).toEqual([
    { kind: "text", text: "See " },
    {
      kind: "link",
      text: "https://example.com/a?b=c#d",
      url: "https://example.com/a?b=c#d",
    },
    { kind: "text", text: ", dude!" },
  ]);
});

test("trailing punctuation is not part of a URL", () => {
  expect(links("(https://example.com/a)")).toEqual(["https://example.com/a"]);
  expect(links("https://example.com/a_(b).")).toEqual(["https://example.com/a_(b)"]);
  expect(links("www.example.com...")).toEqual(["https://www.example.com"]);
});

test("only http and https URLs become links", () => {
  const others = "javascript:alert(1) data:text/html,x ftp://example.com mailto:a@b.c https://";
  expect(linkified(others)).toEqual([{ kind: "text", text: others }]);
});

test("markup stays text", () => {
  expect(linkified("<b>hi</b>")).toEqual([{ kind: "text", text: "<b>hi</b>" }]);
});

test("any length of trailing punctuation is handled in time, without a stack overflow", () => {
  const long = [".", ")", ".)", "!?", "…"].map(
    (end) => `https://example.com/${end.repeat(30_000)}`,
  );
  const began = performance.now();
  expect(long.flatMap(links)).toEqual(long.map(() => "https://example.com/"));
  expect(links("www.a ".repeat(10_000))).toHaveLength(10_000);
  for (const again of ["www.", "https://", "www.a(", "www.a)", "https://a/(.", "\n", "🚀"]) {
    const text = again.repeat(65_536 / again.length);
    expect(
      linkified(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  }
  expect(performance.now() - began).toBeLessThan(2000); // about 50 ms on an idle machine
});
