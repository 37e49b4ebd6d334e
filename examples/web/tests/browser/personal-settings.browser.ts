// The user's own settings: volumes, hidden videos, the order of tiles, devices and language.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { de } from "../../src/texts/de";
import { CamusServe } from "../camus-serve";
import { accessibilityViolations } from "./axe";
import { launched } from "./chromium";
import { STEP_TIMEOUT, Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const linkTo = (room: string): string => `http://127.0.0.1:${server.port}/#/${room}`;

/** Opens the menu of a tile with the keyboard. */
async function opensMenu(person: Person, what: string): Promise<void> {
  await person.button(en.tileMenu.of(what)).focus();
  await person.page.keyboard.press("Enter");
}

/** Returns the titles of the tiles, in order. */
const tilesOf = (person: Person): Promise<string[]> =>
  person.stage.locator(".tile-name > span:not(.hidden)").allTextContents();

test("each member has a volume, and each video can be hidden", async () => {
  const [ann] = await Person.allJoin(browser, linkTo("feeds"), ["Ann", "Bob"]);
  await ann.sees("Bob");
  await opensMenu(ann, "Bob");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  const volume = ann.page.getByRole("slider", { name: en.tileMenu.volume });
  await volume.focus();
  for (let press = 0; press < 4; press += 1) await ann.page.keyboard.press("ArrowLeft");
  expect(await volume.getAttribute("aria-valuetext")).toBe(en.tileMenu.percent(80));
  const volumes = () =>
    ann.page
      .locator("audio")
      .evaluateAll((all: HTMLAudioElement[]) => all.map((one) => one.volume));
  expect(await volumes()).toEqual([0.8]);
  await ann.button(en.tileMenu.hide).click();
  await ann.seesNo("Bob");
  await opensMenu(ann, "Bob");
  await ann.button(en.tileMenu.show).click();
  await ann.sees("Bob");
});

test("tiles can be moved by keyboard, with an announcement, and by dragging", async () => {
  const [ann] = await Person.allJoin(browser, linkTo("order"), ["Ann", "Bob", "Cem"]);
  await ann.sees("Bob");
  await ann.sees("Cem");
  const me = en.tile.nameOf("Ann", true);
  expect(await tilesOf(ann)).toEqual(["Bob", "Cem", me]);
  await opensMenu(ann, "Bob");
  await ann.button(en.tileMenu.later).focus();
  await ann.page.keyboard.press("Enter");
  await ann.stage
    .getByRole("status")
    .getByText(en.tileMenu.moved("Bob", 2, 3))
    .waitFor();
  expect(await tilesOf(ann)).toEqual(["Cem", "Bob", me]);
  // The menu button keeps the focus, for moving the tile again.
  const more = ann.button(en.tileMenu.of("Bob"));
  expect(await more.evaluate((it) => it === document.activeElement)).toBe(true);
  await ann.video("Cem").dragTo(ann.video(me));
  await expect.poll(() => tilesOf(ann), { timeout: STEP_TIMEOUT }).toEqual([me, "Bob", "Cem"]);
  await ann.sees("Cem");
});

test("the quality of the connection with a member is shown", async () => {
  const [ann] = await Person.allJoin(browser, linkTo("connection"), ["Ann", "Bob"]);
  await ann.sees("Bob");
  await ann.button(en.connection.with("Bob")).focus();
  await ann.page.keyboard.press("Enter");
  const figures = ann.page.getByRole("dialog", { name: en.connection.with("Bob") });
  await figures.getByText(en.connection.states.connected).waitFor();
  await figures.getByText(en.connection.paths.direct).waitFor();
  await figures
    .getByText(/^[1-9][\d,]* kbit\/s$/)
    .first()
    .waitFor();
  await ann.takesScreenshot("connection");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
});

test("settings are restored at the next visit, in the chosen language", async () => {
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("choices"));
  await ann.button(en.settings.title).click();
  const settings = ann.dialog(en.settings.title);
  await settings.getByLabel(en.settings.url).fill("turn:turn.example.org");
  await settings.getByRole("button", { name: en.settings.add }).click();
  await settings.getByText(en.settings.problems.credential).waitFor();
  await ann.takesScreenshot("settings");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  await settings.getByLabel(en.settings.username).fill("ann");
  await settings.getByLabel(en.settings.credential).fill("secret");
  await settings.getByRole("button", { name: en.settings.add }).click();
  await settings.getByLabel(en.settings.resolution).selectOption("360p");
  await settings.getByLabel(en.settings.language).selectOption("de");
  await ann.dialog(de.settings.title).waitFor();
  expect(await ann.page.evaluate(() => document.documentElement.lang)).toBe("de");
  await ann.page.keyboard.press("Escape");

  await ann.page.reload();
  await ann.page.getByRole("group", { name: de.call.controls }).waitFor();
  const picture = ann.page.getByLabel(de.tile.nameOf("Ann", true), { exact: true });
  await picture.waitFor();
  const height = () => picture.evaluate((video: HTMLVideoElement) => video.videoHeight);
  await expect.poll(height, { timeout: STEP_TIMEOUT }).toBe(360);
  await ann.button(de.settings.title).click();
  await ann.button(de.settings.remove("turn:turn.example.org")).waitFor();
  expect(ann.errors).toEqual([]);
});

test("a browser that prefers German gets the German texts", async () => {
  const ann = await Person.comes(browser, "Ann", { locale: "de-CH" });
  await ann.page.goto(`http://127.0.0.1:${server.port}/`);
  await ann.button(de.landing.newRoom).waitFor();
  expect(ann.errors).toEqual([]);
});
