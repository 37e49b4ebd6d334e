// What moderators take back: bans, and texts of the chat.

import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { accessibilityViolations } from "./axe";
import { launched } from "./chromium";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start("--history-texts", "100");
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

/** Returns the list of bans in a person's panel of people. */
const banned = (person: Person): Locator =>
  person.page.getByRole("region", { name: en.people.banned });

/** Makes another member a moderator. */
async function promotes(person: Person, name: string): Promise<void> {
  const people = await person.opens("people");
  await people.getByRole("button", { name: en.people.actionsFor(name) }).click();
  await person.button(en.people.makeModerator).click();
}

test("a moderator takes a ban back with the keyboard, and the banned client comes in again", async () => {
  const ann = await Person.comes(browser, "Ann");
  const link = await ann.startsRoom(start);
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  await ann.opens("people");
  await ann.reads(en.people.nobodyBanned);
  await bob.opens("people");
  expect(await banned(bob).count()).toBe(0);

  await ann.bans("Bob");
  await bob.reads(en.end.titles.banned ?? "");
  const row = banned(ann).getByRole("listitem").filter({ hasText: "Bob" });
  await row.getByText(en.people.bannedBy("Ann")).waitFor();
  await ann.takesScreenshot("bans");
  expect(await accessibilityViolations(ann.page)).toEqual([]);

  await row.getByRole("button", { name: en.people.unbanNamed("Bob") }).focus();
  await ann.page.keyboard.press("Enter");
  await ann.reads(en.people.nobodyBanned);
  const heading = banned(ann).getByRole("heading");
  expect(await heading.evaluate((it) => it === document.activeElement)).toBe(true);
  await bob.page.reload();
  await bob.button(en.prejoin.join).click();
  await ann.sees("Bob");
});

test("a moderator that takes back an owner's ban is told that only an owner can", async () => {
  const ann = await Person.comes(browser, "Ann");
  const link = await ann.startsRoom(start);
  const [bob, cem] = await Person.allJoin(browser, link, ["Bob", "Cem"]);
  await promotes(ann, "Bob");
  await bob.opens("people");
  await ann.bans("Cem");
  await cem.reads(en.end.titles.banned ?? "");
  await bob.button(en.people.unbanNamed("Cem")).click();
  await banned(bob).getByRole("alert").getByText(en.people.unbanRefused).waitFor();
  await bob.takesScreenshot("a ban of an owner");
  expect(await accessibilityViolations(bob.page)).toEqual([]);
  await ann.button(en.people.unbanNamed("Cem")).click();
  await ann.reads(en.people.nobodyBanned);
});
