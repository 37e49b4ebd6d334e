// Interoperability with aiortc, a client of the core profile.

import { afterAll, expect, test } from "vitest";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";
import { AiortcPeer } from "./aiortc-peer";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const linkTo = (room: string): string => `http://127.0.0.1:${server.port}/#/${room}`;
const webSocketUrl = (room: string): string => `ws://127.0.0.1:${server.port}/room/${room}/ws`;

test("an aiortc client joins: both see each other's video, and chat", async () => {
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("aiortc"));
  const peer = await AiortcPeer.joins(webSocketUrl("aiortc"), "Aiortc");
  await ann.sees("Aiortc");
  expect(await peer.reports("sees")).toMatch(/^\d+x\d+$/);
  await ann.writes("Can you read this?");
  expect(await peer.reports("hears")).toBe("Can you read this?");
  await ann.readsMessage("Aiortc", "You said: Can you read this?");
  await ann.takesScreenshot("an aiortc client");
  await peer.leaves();
  await ann.seesTiles(1);
});

test("a browser joins an aiortc client that is in the room", async () => {
  const peer = await AiortcPeer.joins(webSocketUrl("aiortc-first"), "Aiortc");
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("aiortc-first"));
  await ann.sees("Aiortc");
  expect(await peer.reports("sees")).toMatch(/^\d+x\d+$/);
  await peer.leaves();
  await ann.seesTiles(1);
});
