// Rooms with a password, a limit of members and a waiting room, and moderation.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

interface Wishes {
  readonly name?: string;
  readonly password?: string;
  readonly limit?: string;
  readonly isPublic?: boolean;
}

/** Creates a room as Ann, and joins it. */
async function annsRoom(wishes: Wishes = {}): Promise<{ ann: Person; link: string }> {
  const ann = await Person.comes(browser, "Ann");
  await ann.page.goto(start);
  await ann.page.getByText(en.landing.options).click();
  const { name = "", password = "", limit = "", isPublic = false } = wishes;
  await ann.page.getByLabel(en.landing.name).fill(name);
  await ann.page.getByLabel(en.landing.password).fill(password);
  await ann.page.getByLabel(en.landing.limit).fill(limit);
  if (isPublic) await ann.page.getByLabel(en.landing.isPublic).check();
  await ann.button(en.landing.create).click();
  await ann.entersName();
  await ann.isInCall();
  return { ann, link: ann.page.url() };
}

test("a room is created with one click, and others join by its link", async () => {
  const ann = await Person.comes(browser, "Ann");
  await ann.page.goto(start);
  await ann.takesScreenshot("the start");
  await ann.button(en.landing.newRoom).click();
  await ann.entersName();
  await ann.isInCall();
  const link = await ann.page.getByRole("textbox", { name: en.invite.link }).inputValue();
  expect(link).toBe(ann.page.url());
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  await bob.sees("Ann");
});

test("a public room is listed on the landing page, with its occupancy", async () => {
  const { link } = await annsRoom({ name: "Open house", limit: "5", isPublic: true });
  const bob = await Person.comes(browser, "Bob");
  await bob.page.goto(start);
  const rooms = bob.page.getByRole("region", { name: en.landing.rooms });
  const room = rooms.getByRole("link", { name: "Open house" });
  await room.getByText(en.landing.occupancy(1, 5)).waitFor();
  await room.click();
  await bob.entersName();
  await bob.isInCall();
  expect(bob.page.url()).toBe(link);
  await bob.sees("Ann");
});

test("a room with a password admits clients that know it", async () => {
  const { ann, link } = await annsRoom({ password: "geheim" });
  const bob = await Person.comes(browser, "Bob");
  await bob.asksToJoin(link);
  await bob.reads(en.prejoin.refusals["password-required"]);
  await bob.entersPassword("offen");
  await bob.reads(en.prejoin.refusals["wrong-password"]);
  await bob.takesScreenshot("a wrong password");
  await bob.entersPassword("geheim");
  await bob.isInCall();
  await ann.sees("Bob");
});

test("a full room admits nobody until a member leaves", async () => {
  const { ann, link } = await annsRoom({ limit: "2" });
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  const cem = await Person.comes(browser, "Cem");
  await cem.asksToJoin(link);
  await cem.reads(en.prejoin.refusals["room-full"]);
  await bob.leaves();
  await ann.seesTiles(1);
  await cem.button(en.prejoin.join).click();
  await cem.isInCall();
  await ann.sees("Cem");
});

test("a locked room admits clients by decision of its owner", async () => {
  const { ann, link } = await annsRoom();
  const people = await ann.opens("people");
  await people.getByRole("switch", { name: en.people.lock }).click();
  await ann.reads(en.call.locked);

  const bob = await Person.comes(browser, "Bob");
  await bob.asksToJoin(link);
  await bob.reads(en.prejoin.waiting);
  await bob.takesScreenshot("waiting");
  const cem = await Person.comes(browser, "Cem");
  await cem.asksToJoin(link);
  await cem.reads(en.prejoin.waiting);
  await ann.takesScreenshot("two who wait");
  await ann.button(en.people.admitNamed("Bob")).click();
  await bob.isInCall();
  await bob.sees("Ann");
  await ann.button(en.people.denyNamed("Cem")).click();
  await cem.reads(en.end.titles.denied ?? "");
});

test("unlocking a room admits its waiting clients", async () => {
  const { ann, link } = await annsRoom();
  const lock = (await ann.opens("people")).getByRole("switch", { name: en.people.lock });
  await lock.click();
  const bob = await Person.comes(browser, "Bob");
  await bob.asksToJoin(link);
  await bob.reads(en.prejoin.waiting);
  await lock.click();
  await bob.isInCall();
  await ann.sees("Bob");
});

test("a kicked client may join again, a banned one may not", async () => {
  const { ann, link } = await annsRoom();
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  await ann.sees("Bob");
  const does = async (action: string, title: string, confirmation: string): Promise<void> => {
    const people = await ann.opens("people");
    await people.getByRole("button", { name: en.people.actionsFor("Bob") }).click();
    await ann.button(action).click();
    await ann.takesScreenshot(action);
    await ann.dialog(title).getByRole("button", { name: confirmation }).click();
  };
  await does(en.people.kick, en.people.kickTitle("Bob"), en.people.kickDo);
  await bob.reads(en.end.titles.kicked ?? "");
  await ann.seesTiles(1);
  await bob.button(en.end.again).click();
  await bob.button(en.prejoin.join).click();
  await ann.sees("Bob");
  await does(en.people.ban, en.people.banTitle("Bob"), en.people.banDo);
  await bob.reads(en.end.titles.banned ?? "");
  await bob.page.reload();
  await bob.button(en.prejoin.join).click();
  await bob.reads(en.prejoin.refusals.banned);
});

test("a new moderator may lock the room", async () => {
  const { ann, link } = await annsRoom();
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  const people = await ann.opens("people");
  await people.getByRole("button", { name: en.people.actionsFor("Bob") }).click();
  await ann.button(en.people.makeModerator).click();
  await (await bob.opens("people")).getByRole("switch", { name: en.people.lock }).click();
  await ann.reads(en.call.locked);
});
