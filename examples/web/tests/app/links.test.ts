import { expect, test } from "vitest";
import { piecesOf } from "../../src/features/chat/links";

const links = (text: string): string[] =>
  piecesOf(text).flatMap((piece) => (piece.kind === "link" ? [piece.url] : []));

test("a message is text and links, and nothing of it is lost", () => {
  expect(piecesOf("See https://example.com/a?b=c#d, dude!")).toEqual([
    { kind: "text", text: "See " },
    {
      kind: "link",
      text: "https://example.com/a?b=c#d",
      url: "https://example.com/a?b=c#d",
    },
    { kind: "text", text: ", dude!" },
  ]);
});

test("what ends a sentence is no part of an address", () => {
  expect(links("(https://example.com/a)")).toEqual(["https://example.com/a"]);
  expect(links("https://example.com/a_(b).")).toEqual(["https://example.com/a_(b)"]);
  expect(links("www.example.com...")).toEqual(["https://www.example.com"]);
});

test("only the web becomes a link", () => {
  const others = "javascript:alert(1) data:text/html,x ftp://example.com mailto:a@b.c https://";
  expect(piecesOf(others)).toEqual([{ kind: "text", text: others }]);
});

test("markup stays text", () => {
  expect(piecesOf("<b>hi</b>")).toEqual([{ kind: "text", text: "<b>hi</b>" }]);
});
