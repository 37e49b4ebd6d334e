import { expect, test } from "vitest";
import {
  hashOf,
  roomLink,
  roomTitle,
  roomIdInHash,
  roomIdInText,
  textToFind,
  webSocketUrl,
} from "../../src/app/urls";

test("the hash of a URL contains a room id, or none", () => {
  expect(["#/lobby", "#lobby", "#/", "", "#/No Slug", "#/a/b"].map(roomIdInHash)).toEqual([
    "lobby",
    "lobby",
    null,
    null,
    null,
    null,
  ]);
  expect(roomIdInHash(hashOf("wyld-stallyns"))).toBe("wyld-stallyns");
  expect(roomIdInHash(hashOf(null))).toBe(null);
  const invitation = "5e".repeat(32);
  expect(hashOf("lobby", invitation)).toBe(`#/lobby?invitation=${invitation}`);
  expect(roomIdInHash(hashOf("lobby", invitation))).toBe("lobby");
});

test("a server that finds no rooms: a pasted link or a typed name yields a room id", () => {
  const meant = {
    "https://camus.example/calls/#/wyld-stallyns": "wyld-stallyns",
    "  Excellent Adventure! ": "excellent-adventure",
    "https://camus.example/room/lobby/ws": "lobby",
    "Café Zürich": "cafe-zurich",
    "https://camus.example/": null,
    "!!!": null,
    [`${"a".repeat(63)}-b`]: "a".repeat(63),
  };
  expect(Object.keys(meant).map(roomIdInText)).toEqual(Object.values(meant));
});

test("links and the WebSocket URL stay below the path of the page", () => {
  const page = "https://camus.example/calls/?x=1#/lobby";
  expect(roomLink("other", page)).toBe("https://camus.example/calls/#/other");
  expect(webSocketUrl(page)).toBe("wss://camus.example/calls/ws");
  expect(webSocketUrl("http://localhost:5000/")).toBe("ws://localhost:5000/ws");
});

test("the title of a room follows from its id", () => {
  expect(roomTitle("excellent-adventure")).toBe("Excellent adventure");
});

test("what stands behind the room in a link stays in the browser", () => {
  const found = {
    "https://camus.example/#/lobby?secret=1": "https://camus.example/#/lobby",
    "https://camus.example/#/lobby&key=2#3": "https://camus.example/#/lobby",
    "Join: https://camus.example/#lobby/key now": "https://camus.example/#lobby",
    "camus.example/#/lobby?key": "camus.example/#/lobby",
    "https://camus.example/room/lobby/ws": "https://camus.example/room/lobby/ws",
  };
  for (const [text, name] of Object.entries(found)) {
    expect(textToFind(text)).toEqual({ name, isLink: true });
  }
  for (const name of ["Straßenfest", "Issue #5: what?", "C#", "and/or"]) {
    expect(textToFind(` ${name} `)).toEqual({ name, isLink: false });
  }
});
