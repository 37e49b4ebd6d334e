// A page object: a person in front of a browser, who uses the page by its roles, labels and
// texts.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { en } from "../../src/texts/en";
import { isMoving } from "./video-motion";

/** The timeout of every step on a busy machine, in milliseconds. */
export const STEP_TIMEOUT = 40_000;

/** The folder for screenshots; without it none are taken. */
const { SHOTS } = process.env;

export class Person {
  /** Errors that the page has reported. */
  readonly errors: string[] = [];

  private constructor(
    readonly name: string,
    readonly page: Page,
    /** The texts of the page. */
    readonly texts: typeof en,
  ) {
    page.setDefaultTimeout(STEP_TIMEOUT);
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  /** Opens a browser context of its own for a person; it closes when the test ends. */
  static async comes(
    browser: Browser,
    name: string,
    options: BrowserContextOptions = {},
    texts = en,
  ): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const person = new Person(name, await context.newPage(), texts);
    onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail") await person.takesScreenshot(`failed, ${task.name}`);
      await context.close();
    });
    return person;
  }

  /** Opens a browser for each name, one after another, and joins a room. */
  static async allJoin<Names extends readonly string[]>(
    browser: Browser,
    link: string,
    names: readonly [...Names],
  ): Promise<{ [Name in keyof Names]: Person }> {
    const people: Person[] = [];
    for (const name of names) {
      const person = await Person.comes(browser, name);
      await person.joins(link);
      people.push(person);
    }
    return people as { [Name in keyof Names]: Person };
  }

  // Joining and leaving -------------------------------------------------------------------

  /** Creates a room from the landing page, and joins it; returns its link. */
  async startsRoom(start: string): Promise<string> {
    await this.page.goto(start);
    await this.button(this.texts.landing.newRoom).click();
    await this.entersName();
    await this.isInCall();
    return this.page.url();
  }

  /** Opens a link to a room, and joins it. */
  async joins(link: string): Promise<void> {
    await this.asksToJoin(link);
    await this.isInCall();
  }

  /** Opens a link to a room, and asks to join. */
  async asksToJoin(link: string): Promise<void> {
    await this.page.goto(link);
    await this.entersName();
  }

  /** Enters the name, and asks to join. */
  async entersName(): Promise<void> {
    await this.page.getByLabel(this.texts.prejoin.name).fill(this.name);
    await this.button(this.texts.prejoin.join).click();
  }

  /** Enters the password, and asks to join. */
  async entersPassword(password: string): Promise<void> {
    await this.page.getByLabel(this.texts.prejoin.password).fill(password);
    await this.button(this.texts.prejoin.join).click();
  }

  async isInCall(): Promise<void> {
    await this.page.getByRole("group", { name: this.texts.call.controls }).waitFor();
  }

  /** Leaves the call, and confirms that. */
  async leaves(): Promise<void> {
    await this.button(this.texts.call.leave).click();
    await this.dialog(this.texts.call.leaveTitle)
      .getByRole("button", { name: this.texts.call.leave })
      .click();
  }

  // The page ------------------------------------------------------------------------------

  /** Returns the video with this label on the stage. */
  video(label: string): Locator {
    return this.stage.getByLabel(label, { exact: true });
  }

  get stage(): Locator {
    return this.page.getByRole("region", { name: this.texts.call.stage });
  }

  /** Waits until the video with this label is moving. */
  async sees(label: string): Promise<void> {
    const picture = this.video(label);
    await picture.waitFor();
    expect(
      await picture.evaluate(isMoving, STEP_TIMEOUT),
      `${this.name} sees ${label} move`,
    ).toBe(true);
  }

  /** Waits until there is no video with this label. */
  async seesNo(label: string): Promise<void> {
    await this.video(label).waitFor({ state: "detached" });
  }

  /** Waits until the stage has this many tiles. */
  async seesTiles(count: number): Promise<void> {
    const tiles = this.stage.getByRole("listitem");
    await expect.poll(() => tiles.count(), { timeout: STEP_TIMEOUT }).toBe(count);
  }

  /** Waits until this text is visible. */
  async reads(text: string): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Waits until this text is hidden. */
  async readsNo(text: string): Promise<void> {
    await this.page.getByText(text).waitFor({ state: "hidden" });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  dialog(name: string): Locator {
    return this.page.getByRole("dialog", { name });
  }

  // Chat and people -----------------------------------------------------------------------

  /** Opens a panel, unless it is open. */
  async opens(panel: "chat" | "people"): Promise<Locator> {
    const title = this.texts[panel].title;
    const shown = this.page.getByRole("complementary", { name: title });
    if (!(await shown.isVisible())) await this.button(new RegExp(`^${title}`)).click();
    await shown.waitFor();
    return shown;
  }

  /** Bans a member. */
  async bans(name: string): Promise<void> {
    const people = await this.opens("people");
    await people.getByRole("button", { name: this.texts.people.actionsFor(name) }).click();
    await this.button(this.texts.people.ban).click();
    await this.dialog(this.texts.people.banTitle(name))
      .getByRole("button", { name: this.texts.people.banDo })
      .click();
  }

  async writes(text: string): Promise<void> {
    const chat = await this.opens("chat");
    await chat.getByRole("textbox", { name: this.texts.chat.write }).fill(text);
    await chat.getByRole("button", { name: this.texts.chat.send }).click();
  }

  /** Waits for a message in the chat. */
  async readsMessage(from: string, text: string): Promise<void> {
    const chat = await this.opens("chat");
    const messages = chat.getByRole("log").getByRole("listitem");
    await messages.filter({ hasText: from }).filter({ hasText: text }).waitFor();
  }

  // Screenshots ---------------------------------------------------------------------------

  /** Takes a screenshot, if SHOTS is set. */
  async takesScreenshot(what: string): Promise<void> {
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    const file = `${what} (${this.name})`.replace(/[^\w() -]+/g, "-");
    await this.page.screenshot({ path: join(SHOTS, `${file}.png`) });
  }
}

/** Returns the label of a person's video on another person's screen. */
export const videoLabel = (seen: Person, seer: Person): string =>
  en.tile.nameOf(seen.name, seen === seer);
