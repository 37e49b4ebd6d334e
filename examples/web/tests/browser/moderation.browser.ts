// What moderators take back: bans, and texts of the chat.

import type { Locator } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
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

test("a moderator removes a text for everyone, also for those who come later", async () => {
  const ann = await Person.comes(browser, "Ann");
  const link = await ann.startsRoom(start);
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  await bob.writes("Hello");
  await bob.writes("Buy my watches");
  await ann.readsMessage("Bob", "Buy my watches");
  await bob.readsMessage(en.chat.you, "Buy my watches");
  expect(await bob.button(/^Remove/).count()).toBe(0);
  await ann.takesScreenshot("a chat");

  await ann.button(en.chat.removeNamed("Bob", "Buy my watches")).focus();
  await ann.takesScreenshot("the button that removes a text");
  await ann.page.keyboard.press("Enter");
  const question = ann.dialog(en.chat.removeTitle);
  await question.waitFor();
  await ann.takesScreenshot("removing a text");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  await question.getByRole("button", { name: en.chat.removeDo }).click();
  await ann.readsNo("Buy my watches");
  await bob.readsNo("Buy my watches");
  await bob.reads("Hello");
  const log = ann.page.getByRole("log");
  expect(await log.evaluate((it) => it === document.activeElement)).toBe(true);

  const cem = await Person.comes(browser, "Cem");
  await cem.joins(link);
  await cem.readsMessage("Bob", "Hello");
  expect(await cem.page.getByText("Buy my watches").count()).toBe(0);
});

test("a moderator is told that the server no longer has a text", async () => {
  const forgetful = await CamusServe.start("--history-texts", "1");
  onTestFinished(() => forgetful.remove());
  const ann = await Person.comes(browser, "Ann");
  await ann.startsRoom(`http://127.0.0.1:${forgetful.port}/`);
  await ann.writes("One");
  await ann.writes("Two");
  await ann.readsMessage(en.chat.you, "Two");
  await ann.button(en.chat.removeNamed(en.chat.you, "One")).click();
  await ann.dialog(en.chat.removeTitle).getByRole("button", { name: en.chat.removeDo }).click();
  await ann.reads(en.notices.of({ kind: "forgotten" }));
  await ann.reads("One");
});
