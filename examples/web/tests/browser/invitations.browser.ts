// Invitations: links with a secret, which moderators make and take back.

import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
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

interface Wishes {
  readonly name: string;
  readonly role?: string;
  readonly uses?: string;
}

/** Opens the dialog for inviting others. */
async function opensInvitations(person: Person): Promise<Locator> {
  await person.button(en.call.invite).click();
  const dialog = person.dialog(en.invite.title);
  await dialog.waitFor();
  return dialog;
}

/** Makes an invitation in the dialog; returns its link. */
async function makesInvitation(dialog: Locator, wishes: Wishes): Promise<string> {
  const { name, role = en.people.roles.guest, uses = "" } = wishes;
  await dialog.getByLabel(en.invite.name).fill(name);
  await dialog.getByLabel(en.invite.role).selectOption(role);
  await dialog.getByLabel(en.invite.uses).fill(uses);
  await dialog.getByRole("button", { name: en.invite.make }).click();
  await dialog.getByRole("listitem").filter({ hasText: name }).waitFor();
  return dialog.getByLabel(en.invite.invitationLink).inputValue();
}

/** Creates a room with a password as Ann, and joins it. */
async function annsRoom(): Promise<Person> {
  const ann = await Person.comes(browser, "Ann");
  await ann.page.goto(start);
  await ann.page.getByText(en.landing.options).click();
  await ann.page.getByLabel(en.landing.password).fill("geheim");
  await ann.button(en.landing.create).click();
  await ann.entersName();
  await ann.isInCall();
  return ann;
}

test("an invitation lets one moderator in without the password, and nobody after it", async () => {
  const ann = await annsRoom();
  const dialog = await opensInvitations(ann);
  const wishes = { name: "For Bob", role: en.people.roles.moderator, uses: "1" };
  const link = await makesInvitation(dialog, wishes);
  await ann.takesScreenshot("a new invitation");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  await dialog.getByRole("button", { name: en.close }).click();

  const bob = await Person.comes(browser, "Bob");
  await bob.page.goto(start);
  await bob.page.getByLabel(en.landing.joinLabel).fill(link);
  await bob.button(en.landing.joinButton).click();
  await bob.entersName();
  await bob.isInCall();
  await (await bob.opens("people")).getByRole("switch", { name: en.people.lock }).waitFor();

  const cem = await Person.comes(browser, "Cem");
  await cem.asksToJoin(link);
  await cem.reads(en.prejoin.refusals["invalid-invitation"]);
  await cem.takesScreenshot("an invitation that is used up");
  expect(await accessibilityViolations(cem.page)).toEqual([]);
  await cem.button(en.prejoin.withoutInvitation).click();
  await cem.entersPassword("geheim");
  await cem.isInCall();

  await opensInvitations(ann);
  await dialog.getByText(en.invite.used(1, 1)).waitFor();
  expect(await dialog.getByLabel(en.invite.invitationLink).count()).toBe(0);
});

test("an invitation is taken back with the keyboard, an owner's by an owner only", async () => {
  const ann = await annsRoom();
  const dialog = await opensInvitations(ann);
  const link = await makesInvitation(dialog, { name: "For all" });
  const forBob = { name: "For Bob", role: en.people.roles.moderator };
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(await makesInvitation(dialog, forBob));

  const bobs = await opensInvitations(bob);
  await bobs.getByRole("button", { name: en.invite.revokeNamed("For all") }).click();
  await bobs.getByRole("alert").getByText(en.invite.revokeRefused).waitFor();
  await bob.takesScreenshot("an invitation of an owner");
  expect(await accessibilityViolations(bob.page)).toEqual([]);

  await dialog.getByRole("button", { name: en.invite.revokeNamed("For all") }).focus();
  await ann.page.keyboard.press("Enter");
  await dialog.getByText("For all").waitFor({ state: "detached" });
  const heading = dialog.getByRole("heading", { name: en.invite.invitations });
  expect(await heading.evaluate((it) => it === document.activeElement)).toBe(true);
  const cem = await Person.comes(browser, "Cem");
  await cem.asksToJoin(link);
  await cem.reads(en.prejoin.refusals["invalid-invitation"]);
});

test("guests see the link of the room, and no invitations", async () => {
  const ann = await Person.comes(browser, "Ann");
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(await ann.startsRoom(start));
  const dialog = await opensInvitations(bob);
  await dialog.getByLabel(en.invite.link).waitFor();
  expect(await dialog.getByText(en.invite.invitations).count()).toBe(0);
});
