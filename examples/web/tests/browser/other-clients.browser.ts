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
const socketOf = (room: string): string => `ws://127.0.0.1:${server.port}/room/${room}/ws`;

test("a robot comes into the room: both see each other move, and write", async () => {
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("robot"));
  const robot = await AiortcPeer.joins(socketOf("robot"), "Robot");
  await ann.sees("Robot");
  expect(await robot.reports("sees")).toMatch(/^\d+x\d+$/);
  await ann.writes("Are you a robot?");
  expect(await robot.reports("hears")).toBe("Are you a robot?");
  await ann.readsMessage("Robot", "You said: Are you a robot?");
  await ann.takesScreenshot("a robot");
  await robot.leaves();
  await ann.seesTiles(1);
});

test("somebody comes to a robot that is in the room", async () => {
  const robot = await AiortcPeer.joins(socketOf("robots"), "Robot");
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("robots"));
  await ann.sees("Robot");
  expect(await robot.reports("sees")).toMatch(/^\d+x\d+$/);
  await robot.leaves();
  await ann.seesTiles(1);
});
