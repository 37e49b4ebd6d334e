// Rooms that open and end at a time.

import { afterAll, expect, test } from "vitest";
import { createRoom } from "../../src/camus-client";
import { en } from "../../src/texts/en";
import { localTime } from "../../src/texts/times";
import { CamusServe } from "../camus-serve";
import { openNodeTransport } from "../node-transport";
import { accessibilityViolations } from "./axe";
import { launched } from "./chromium";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

test("a guest is told when the room opens, in local time, while the owner is inside", async () => {
  const ann = await Person.comes(browser, "Ann", { timezoneId: "America/New_York" });
  await ann.page.goto(start);
  await ann.page.getByText(en.landing.options).click();
  const inTwoDays = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  await ann.page.getByLabel(en.landing.opens).fill(`${inTwoDays}T18:30`);
  await ann.page.getByLabel(en.landing.ends).fill(`${inTwoDays}T17:30`);
  await ann.button(en.landing.create).click();
  await ann.reads(en.landing.troubles["invalid-options"]);
  await ann.takesScreenshot("a room that would end before it opens");
  await ann.page.getByLabel(en.landing.ends).fill(`${inTwoDays}T20:00`);
  await ann.button(en.landing.create).click();
  await ann.entersName();
  await ann.isInCall();

  const bob = await Person.comes(browser, "Bob", { timezoneId: "America/Los_Angeles" });
  await bob.asksToJoin(ann.page.url());
  await bob.reads(en.prejoin.notOpen);
  await bob.reads("3:30 PM");
  await bob.takesScreenshot("a room that opens in two days");
  expect(await accessibilityViolations(bob.page)).toEqual([]);
  await bob.button(en.prejoin.stopWaiting).click();
  await bob.button(en.prejoin.join).waitFor();
  expect(bob.errors).toEqual([]);
});

test("a guest comes in by itself when the room opens, and is told when it ends", async () => {
  const opens = Date.now() / 1000 + 12;
  const room = { name: "Premiere", not_before: opens, expires: opens + 20 };
  const { room_id } = await createRoom(
    `ws://127.0.0.1:${server.port}/ws`,
    room,
    openNodeTransport,
  );
  const bob = await Person.comes(browser, "Bob");
  await bob.asksToJoin(`${start}#/${room_id}`);
  await bob.reads(en.prejoin.opens(localTime(Math.round(opens / 60) * 60, en.language)));
  await bob.takesScreenshot("a room that opens soon");
  await bob.isInCall();
  expect(Date.now() / 1000).toBeGreaterThan(opens);
  await bob.reads(en.end.titles["room-ended"] ?? "");
});
