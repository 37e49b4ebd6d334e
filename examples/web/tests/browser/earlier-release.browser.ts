// The app of an earlier release, in tabs that stay open while their server is replaced by this one.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";

/** The texts of the earlier app that this test uses. */
const earlier: typeof en = {
  ...en,
  landing: { ...en.landing, newRoom: "Start a new room" },
  prejoin: { ...en.prejoin, name: "Your name", join: "Join now" },
  call: {
    ...en.call,
    controls: "Call controls",
    stage: "Participants' video",
    reconnecting: "Connection lost. Reconnecting…",
    locked: "Locked",
  },
  chat: { ...en.chat, title: "Chat", write: "Write a message", send: "Send" },
  people: {
    ...en.people,
    title: "People",
    lock: "Lock the room",
    actionsFor: (name) => `Actions for ${name}`,
    makeModerator: "Make moderator",
    admitNamed: (name) => `Let in ${name}`,
  },
};
const REMOVED = "You were removed";

const folder = mkdtempSync(join(tmpdir(), "camus-earlier-"));
afterAll(() => rmSync(folder, { recursive: true }));
const fixtures = fileURLToPath(new URL("../../../../tests/compatibility/", import.meta.url));
const wheel = readdirSync(fixtures).find((name) => name.endsWith(".whl")) ?? "";
execFileSync("python3", ["-m", "zipfile", "-e", join(fixtures, wheel), folder]);

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.startWith({ PYTHONPATH: folder });
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

const scriptOf = ({ page }: Person): Promise<string> =>
  page.evaluate(() => document.querySelector("script")?.src ?? "");

let lines = 0;

/** Expects that one can read what the other writes, and sees the other move. */
async function expectToMeet(one: Person, other: Person): Promise<void> {
  await one.sees(other.name);
  lines += 1;
  const line = `This is line ${lines}.`;
  await other.writes(line);
  await one.readsMessage(other.name, line);
}

test("tabs of an earlier release go on after a deploy, and meet tabs of this one", async () => {
  const ann = await Person.comes(browser, "Ann", {}, earlier);
  await ann.page.goto(start);
  await ann.button(earlier.landing.newRoom).click();
  await ann.entersName();
  await ann.isInCall();
  const link = ann.page.url();
  const bob = await Person.comes(browser, "Bob", {}, earlier);
  await bob.joins(link);
  await expectToMeet(ann, bob);

  await server.stop();
  for (const person of [ann, bob]) await person.reads(earlier.call.reconnecting);
  server.variables = {};
  await server.run();
  for (const person of [ann, bob]) await person.readsNo(earlier.call.reconnecting);
  await expectToMeet(ann, bob);
  await expectToMeet(bob, ann);

  const people = await ann.opens("people");
  await people.getByRole("switch", { name: earlier.people.lock }).click();
  await bob.reads(earlier.call.locked);
  const cem = await Person.comes(browser, "Cem");
  await cem.asksToJoin(link);
  await cem.reads(en.prejoin.waiting);
  expect(await scriptOf(cem)).not.toBe(await scriptOf(ann));
  await ann.button(earlier.people.admitNamed("Cem")).click();
  await cem.isInCall();
  await expectToMeet(ann, cem);
  await expectToMeet(cem, ann);

  const members = await ann.opens("people");
  await members.getByRole("button", { name: earlier.people.actionsFor("Cem") }).click();
  await ann.button(earlier.people.makeModerator).click();
  const membersOfCem = await cem.opens("people");
  await membersOfCem.getByRole("button", { name: en.people.actionsFor("Bob") }).click();
  await cem.button(en.people.kick).click();
  const asked = cem.dialog(en.people.kickTitle("Bob"));
  await asked.getByRole("button", { name: en.people.kickDo }).click();
  await bob.reads(REMOVED);
  await ann.seesTiles(2);

  await cem.leaves();
  await ann.seesTiles(1);
});
