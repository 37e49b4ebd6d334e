// Somebody in front of a browser: what they do, by what they see and hear read out.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { en } from "../../src/texts/en";
import { moves } from "./video-motion";

/** How long anything may take on a busy machine. */
export const PATIENCE = 40_000;

/** Where pictures of the screens go; none are taken without it. */
const { SHOTS } = process.env;

export class Person {
  /** What the page has complained about in the console. */
  readonly complaints: string[] = [];

  private constructor(
    readonly name: string,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /** Somebody with a browser of their own comes, and goes when the test ends. */
  static async comes(
    browser: Browser,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const person = new Person(name, await context.newPage());
    onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail") await person.shoots(`failed, ${task.name}`);
      await context.close();
    });
    return person;
  }

  /** People of these names come one after another, and join the room of a link. */
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

  // Going in and out ----------------------------------------------------------------------

  /** Opens a link to a room, and joins it. */
  async joins(link: string): Promise<void> {
    await this.knocks(link);
    await this.isInCall();
  }

  /** Opens a link to a room, and asks to be let in. */
  async knocks(link: string): Promise<void> {
    await this.page.goto(link);
    await this.givesName();
  }

  /** Says their name at the door, and asks to be let in. */
  async givesName(): Promise<void> {
    await this.page.getByLabel(en.prejoin.name).fill(this.name);
    await this.button(en.prejoin.join).click();
  }

  /** Says the password that the door asks for. */
  async tries(password: string): Promise<void> {
    await this.page.getByLabel(en.prejoin.password).fill(password);
    await this.button(en.prejoin.join).click();
  }

  async isInCall(): Promise<void> {
    await this.page.getByRole("group", { name: en.call.controls }).waitFor();
  }

  /** Leaves the call, and says that this is meant. */
  async leaves(): Promise<void> {
    await this.button(en.call.leave).click();
    await this.dialog(en.call.leaveTitle).getByRole("button", { name: en.call.leave }).click();
  }

  // What is seen --------------------------------------------------------------------------

  /** The picture that has this label on the stage. */
  picture(label: string): Locator {
    return this.stage.getByLabel(label, { exact: true });
  }

  get stage(): Locator {
    return this.page.getByRole("region", { name: en.call.stage });
  }

  /** Sees somebody move, or their screen. */
  async sees(label: string): Promise<void> {
    const picture = this.picture(label);
    await picture.waitFor();
    expect(await picture.evaluate(moves, PATIENCE), `${this.name} sees ${label} move`).toBe(
      true,
    );
  }

  /** Sees no picture of this label any more. */
  async seesNo(label: string): Promise<void> {
    await this.picture(label).waitFor({ state: "detached" });
  }

  /** Waits until the stage has this many tiles. */
  async seesTiles(count: number): Promise<void> {
    const tiles = this.stage.getByRole("listitem");
    await expect.poll(() => tiles.count(), { timeout: PATIENCE }).toBe(count);
  }

  /** Reads this somewhere in the page. */
  async reads(text: string): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /** Reads this no more. */
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

  /** Shows a panel, unless it is shown. */
  async opens(panel: "chat" | "people"): Promise<Locator> {
    const title = en[panel].title;
    const shown = this.page.getByRole("complementary", { name: title });
    if (!(await shown.isVisible())) await this.button(new RegExp(`^${title}`)).click();
    await shown.waitFor();
    return shown;
  }

  async writes(text: string): Promise<void> {
    const chat = await this.opens("chat");
    await chat.getByRole("textbox", { name: en.chat.write }).fill(text);
    await chat.getByRole("button", { name: en.chat.send }).click();
  }

  /** Reads a message in the chat. */
  async readsMessage(from: string, text: string): Promise<void> {
    const chat = await this.opens("chat");
    const messages = chat.getByRole("log").getByRole("listitem");
    await messages.filter({ hasText: from }).filter({ hasText: text }).waitFor();
  }

  // Pictures of the screen ----------------------------------------------------------------

  /** Takes a picture of what is shown, where pictures are wanted. */
  async shoots(what: string): Promise<void> {
    if (SHOTS === undefined) return;
    mkdirSync(SHOTS, { recursive: true });
    const file = `${what} (${this.name})`.replace(/[^\w() -]+/g, "-");
    await this.page.screenshot({ path: join(SHOTS, `${file}.png`) });
  }
}

/** What stands below the picture of somebody on somebody's screen. */
export const labelOf = (seen: Person, seer: Person): string =>
  en.tile.nameOf(seen.name, seen === seer);
