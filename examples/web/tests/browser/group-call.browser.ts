// A group call: members see each other, chat, share a screen, and leave.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { timeToFirstFrame } from "./video-motion";
import { videoLabel, Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const linkTo = (room: string): string => `http://127.0.0.1:${server.port}/#/${room}`;

test("three members see three moving videos each", async () => {
  const people = await Person.allJoin(browser, linkTo("pictures"), ["Ann", "Bob", "Cem"]);
  for (const person of people) {
    await person.seesTiles(3);
    for (const other of people) await person.sees(videoLabel(other, person));
    await person.takesScreenshot("three in a call");
  }
  for (const person of people) expect(person.errors).toEqual([]);
});

test("a newcomer sees the present members at once", async () => {
  const [ann] = await Person.allJoin(browser, linkTo("waiting"), ["Ann"]);
  const took: number[] = [];
  for (const name of ["Bob", "Cem", "Dora"]) {
    const newcomer = await Person.comes(browser, name);
    await newcomer.page.goto(linkTo("waiting"));
    const picture = newcomer.page.evaluate(timeToFirstFrame, videoLabel(ann, newcomer));
    await newcomer.entersName();
    took.push(Math.round(await picture));
    await newcomer.leaves();
  }
  // Printed only, because the load of the machine is unknown.
  console.log(`from joining to the first decoded frame: ${took.join(", ")} ms`);
});

test("all members receive a chat message", async () => {
  const [ann, bob, cem] = await Person.allJoin(browser, linkTo("chat"), ["Ann", "Bob", "Cem"]);
  await ann.writes("Look: https://example.com/plan");
  await bob.button(en.call.chatWith(1)).waitFor();
  await bob.readsMessage("Ann", "Look: https://example.com/plan");
  await bob.writes("I have.");
  for (const reader of [ann, cem]) await reader.readsMessage("Bob", "I have.");
  await ann.readsMessage(en.chat.you, "Look:");
  const link = cem.page.getByRole("link", { name: "https://example.com/plan" });
  expect(await link.getAttribute("href")).toBe("https://example.com/plan");
  await cem.takesScreenshot("chat");
});

test("a shared screen appears beside the camera, and disappears", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("screen"), ["Ann", "Bob"]);
  await bob.sees("Ann");
  await ann.button(en.call.share).click();
  await bob.sees(en.tile.screenOf("Ann", false));
  await bob.sees("Ann");
  await bob.takesScreenshot("a shared screen");
  await ann.button(en.call.stopSharing).click();
  await bob.seesNo(en.tile.screenOf("Ann", false));
  await bob.sees("Ann");
});

test("two members can share their screens at the same moment", async () => {
  const people = await Person.allJoin(browser, linkTo("screens"), ["Ann", "Bob"]);
  const [ann, bob] = people;
  await ann.sees("Bob");
  await bob.sees("Ann");
  await Promise.all(people.map((person) => person.button(en.call.share).click()));
  for (const [one, other] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    await one.sees(en.tile.screenOf(other.name, false));
    await one.sees(other.name);
  }
});

test("a camera can be turned off and on", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("camera"), ["Ann", "Bob"]);
  await bob.sees("Ann");
  await ann.button(en.devices.turn.camera.off).click();
  await bob.seesNo("Ann");
  await bob.seesTiles(2);
  await bob.takesScreenshot("a camera off");
  await ann.button(en.devices.turn.camera.on).click();
  await bob.sees("Ann");
});

test("a muted member is shown as muted", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("muted"), ["Ann", "Bob"]);
  const row = (await bob.opens("people")).getByRole("listitem").filter({ hasText: "Ann" });
  await row.getByText(en.people.microphoneOn).waitFor();
  await ann.button(en.devices.turn.microphone.off).click();
  await row.getByText(en.people.microphoneOff).waitFor();
});

test("a member that leaves disappears at once, and may join again", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("leaving"), ["Ann", "Bob"]);
  await bob.sees("Ann");
  await ann.leaves();
  await ann.reads(en.end.titles.left ?? "");
  await bob.seesTiles(1);
  await bob.reads(en.call.alone);
  await ann.takesScreenshot("after a call");
  await ann.button(en.end.again).click();
  await ann.button(en.prejoin.join).click();
  await bob.sees("Ann");
});
