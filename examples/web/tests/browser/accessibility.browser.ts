// Every screen is accessible by screen reader and keyboard, and has enough contrast.

import { afterAll, describe, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { accessibilityViolations } from "./axe";
import { launched } from "./chromium";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
  const comes = (name: string): Promise<Person> =>
    Person.comes(browser, name, { colorScheme, reducedMotion: "reduce" });

  /** Expects no accessibility violations on a person's screen. */
  async function expectAccessible(person: Person, screen: string): Promise<void> {
    await person.takesScreenshot(`${screen}, ${colorScheme}`);
    expect(await accessibilityViolations(person.page), screen).toEqual([]);
  }

  test("the screens before a call are accessible", async () => {
    const ann = await comes("Ann");
    await ann.page.goto(start);
    await ann.reads(en.landing.noRooms);
    await ann.page.getByText(en.landing.options).click();
    await expectAccessible(ann, "start");
    await ann.page.goto(`${start}#/way-in-${colorScheme}`);
    await ann.page.getByLabel(en.prejoin.name).waitFor();
    await expectAccessible(ann, "door");
  });

  test("a call is accessible", async () => {
    const ann = await comes("Ann");
    await ann.page.goto(start);
    await ann.button(en.landing.newRoom).click();
    await ann.entersName();
    await ann.isInCall();
    await expectAccessible(ann, "alone in a call");
    const bob = await comes("Bob");
    await bob.joins(ann.page.url());
    await ann.sees("Bob");
    await expectAccessible(ann, "call");
    await bob.writes("See https://example.com");
    await ann.readsMessage("Bob", "See https://example.com");
    await expectAccessible(ann, "call with chat");
    const people = await ann.opens("people");
    await expectAccessible(ann, "call with people");
    await people.getByRole("button", { name: en.people.actionsFor("Bob") }).click();
    await expectAccessible(ann, "actions for somebody");
    await ann.button(en.people.kick).click();
    await ann.dialog(en.people.kickTitle("Bob")).waitFor();
    await expectAccessible(ann, "question");
    await ann.button(en.people.kickDo).click();
    await bob.reads(en.end.titles.kicked ?? "");
    await expectAccessible(bob, "after a call");
  });

  test("the waiting room is accessible, for waiting clients and moderators", async () => {
    const ann = await comes("Ann");
    await ann.page.goto(start);
    await ann.button(en.landing.newRoom).click();
    await ann.entersName();
    const people = await ann.opens("people");
    await people.getByRole("switch", { name: en.people.lock }).click();
    await ann.reads(en.call.locked);
    const bob = await comes("Bob");
    await bob.asksToJoin(ann.page.url());
    await bob.reads(en.prejoin.waiting);
    await expectAccessible(bob, "waiting");
    await ann.button(en.people.admitNamed("Bob")).waitFor();
    await expectAccessible(ann, "somebody waits");
  });
});

test("a call can be used with the keyboard only", async () => {
  const ann = await Person.comes(browser, "Ann");
  const { keyboard } = ann.page;
  await ann.page.goto(start);
  await ann.button(en.landing.newRoom).focus();
  await keyboard.press("Enter");
  await ann.page.getByLabel(en.prejoin.name).focus();
  await keyboard.type("Ann");
  await keyboard.press("Enter");
  await ann.isInCall();
  await keyboard.press("Alt+m");
  await ann.button(en.devices.turn.microphone.on).waitFor();
  await keyboard.press("Alt+c");
  await ann.page.getByRole("complementary", { name: en.chat.title }).waitFor();
  await ann.page.getByRole("textbox", { name: en.chat.write }).focus();
  await keyboard.type("Hello");
  await keyboard.press("Enter");
  await ann.readsMessage(en.chat.you, "Hello");
  await keyboard.press("Escape");
  await ann.page.getByRole("complementary").waitFor({ state: "detached" });
  expect(
    await ann.button(en.call.chatWith(0)).evaluate((it) => it === document.activeElement),
  ).toBe(true);
  await ann.button(en.call.leave).focus();
  await keyboard.press("Enter");
  const question = ann.dialog(en.call.leaveTitle);
  await question.waitFor();
  await keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
});
