// Look-alike names, and names with characters that would affect the page around them.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { accessibilityViolations } from "./axe";
import { launched } from "./chromium";
import { FloodingClient } from "./flooding-client";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

test("a look-alike name is marked in the people panel, on its tile and in the chat", async () => {
  const ann = await Person.comes(browser, "Ann", { reducedMotion: "reduce" });
  await ann.joins(`http://127.0.0.1:${server.port}/#/names`);
  const forged = await FloodingClient.joins(server.port, "names", "Аnn"); // its first letter is Cyrillic
  const others = [
    await FloodingClient.joins(server.port, "names", "﷽".repeat(64)),
    await FloodingClient.joins(server.port, "names", "דנה כהן"),
  ];
  await ann.seesTiles(4);
  const mark = `#${forged.id.slice(0, 4)}`;
  const marked = (within: string) => ann.page.locator(within).filter({ hasText: mark });
  await marked(".tile-name").waitFor();
  for (const one of [forged, ...others]) await one.sendsTexts(1);
  const people = await ann.opens("people");
  await marked(".person").waitFor();
  expect(await people.locator(".name-mark").count()).toBe(1);
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  await ann.takesScreenshot("names in the list");
  const chat = await ann.opens("chat");
  await marked(".chat-from").waitFor();
  expect(await chat.locator(".name-mark").count()).toBe(1);
  await ann.writes("Which of you is me?");
  await ann.readsMessage(en.chat.you, "Which of you is me?");
  expect(await accessibilityViolations(ann.page)).toEqual([]);
  const width = await ann.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(1280);
  await ann.takesScreenshot("names in the chat");
});
