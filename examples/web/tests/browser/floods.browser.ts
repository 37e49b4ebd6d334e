// The page stays responsive when a member floods the room, or sends pathological messages.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { FloodingClient } from "./flooding-client";
import { STEP_TIMEOUT, Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
// The server's own limits are raised, because these tests are about the page.
const server = await CamusServe.start("--messages-per-second", "1e6", "--message-burst", "1e6");
afterAll(() => server.remove());

/** Milliseconds: rendering one text used to take 25 ms in a chat of 900. */
const LONGEST_BLOCK = 1500;

/** The number of messages in the DOM, however long the chat is. */
const MAX_RENDERED = 60;

/** The number of joins that the server accepts from one address at once. */
const JOIN_BURST = 10;

/** Observes the page's long tasks; the returned function returns the longest one. */
async function observeLongTasks(person: Person): Promise<() => Promise<number>> {
  await person.page.evaluate(() => {
    const blocks: number[] = [];
    Object.assign(globalThis, { blocks });
    new PerformanceObserver((list) => {
      blocks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: "longtask" });
  });
  return () =>
    person.page.evaluate(() => {
      const { blocks } = globalThis as unknown as { blocks: number[] };
      return Math.max(0, ...blocks);
    });
}

async function annAndEve(roomId: string): Promise<{ ann: Person; eve: FloodingClient }> {
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(`http://127.0.0.1:${server.port}/#/${roomId}`);
  const eve = await FloodingClient.joins(server.port, roomId, "Eve");
  await ann.seesTiles(2);
  return { ann, eve };
}

test.each([900, 5000])("%i texts don't block the page", async (count) => {
  const { ann, eve } = await annAndEve(`texts-${count}`);
  const chat = await ann.opens("chat");
  const longest = await observeLongTasks(ann);
  await eve.sendsTexts(count);
  await ann.readsMessage("Line", `Line ${count} of ${count}`);
  expect(await longest()).toBeLessThan(LONGEST_BLOCK);
  const shown = chat.getByRole("log").getByRole("listitem");
  expect(await shown.count()).toBeLessThan(MAX_RENDERED);
  await ann.takesScreenshot(`${count} texts`);
  await ann.writes("Enough.");
  await ann.readsMessage("You", "Enough.");
  expect(ann.errors).toEqual([]);
  await eve.leaves();
});

test("many changes of names and states, and many joins, don't block the page", async () => {
  const { ann, eve } = await annAndEve("changes");
  await ann.opens("people");
  const longest = await observeLongTasks(ann);
  await eve.sends(
    Array.from({ length: 1000 }, (_, n) => ({
      type: "x-state" as const,
      receiver: "room",
      data: { muted: n % 2 === 0, camera: false, screen: n % 3 === 0 },
    })),
  );
  await eve.sends(
    Array.from({ length: 500 }, (_, n) => ({
      type: "profile" as const,
      receiver: "ground control" as const,
      data: { username: `Eve ${n + 1}` },
    })),
  );
  await eve.sendsTexts(1);
  await ann.reads("Line 1 of 1");
  for (let guest = 0; guest < JOIN_BURST; guest += 1) {
    await (await FloodingClient.joins(server.port, "changes", "Eve")).leaves();
  }
  await ann.seesTiles(2);
  expect(await longest()).toBeLessThan(LONGEST_BLOCK);
  await ann.takesScreenshot("after changes");
  await eve.leaves();
});

test("pathological texts are messages like others", async () => {
  const { ann, eve } = await annAndEve("bombs");
  await ann.opens("chat");
  const longest = await observeLongTasks(ann);
  const texts = [
    `https://example.com/${".".repeat(30_000)}`,
    `www.a${")".repeat(60_000)}`,
    "www.a.de ".repeat(7000),
    "\n".repeat(30_000),
    `e${"\u0301".repeat(30_000)}`,
    "🚀".repeat(15_000),
  ];
  for (const time of [1e300, -1e300, 8.64e15 + 1, 0]) {
    await eve.sends(
      texts.map((text) => ({ type: "text" as const, receiver: "room", data: { text, time } })),
    );
  }
  await eve.sendsTexts(1);
  await ann.readsMessage("Line", "Line 1 of 1");
  expect(await longest()).toBeLessThan(LONGEST_BLOCK);
  await ann.takesScreenshot("bombs");
  expect(ann.errors).toEqual([]);
  await eve.leaves();
});

test("the scroll position is kept while new messages arrive and old ones are dropped", async () => {
  const { ann, eve } = await annAndEve("reader");
  const chat = await ann.opens("chat");
  await eve.sendsTexts(900);
  await ann.readsMessage("Line", "Line 900 of 900");
  const log = chat.getByRole("log");
  await log.hover();
  await ann.page.mouse.wheel(0, -3000);
  const latest = chat.getByRole("button", { name: en.chat.latest });
  await latest.waitFor();
  await ann.page.waitForTimeout(500); // until scrolling has stopped
  const read = await log.evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const line = [...element.querySelectorAll("li")].find(
      (one) => one.getBoundingClientRect().top >= top,
    );
    return line?.querySelector(".chat-text")?.textContent ?? "";
  });
  const place = async (): Promise<number> =>
    (await log.getByText(read, { exact: true }).boundingBox())?.y ?? 0;
  const before = await place();
  await eve.sends(
    Array.from({ length: 400 }, (_, n) => ({
      type: "text" as const,
      receiver: "room",
      data: { text: `New ${n}` },
    })),
  );
  await ann.page.waitForFunction(
    () => document.querySelector(".chat-log li")?.getAttribute("aria-setsize") === "1000",
    undefined,
    { timeout: STEP_TIMEOUT },
  );
  await ann.page.waitForTimeout(500);
  expect(Math.abs((await place()) - before)).toBeLessThan(4);
  await ann.takesScreenshot("reading old messages");
  await latest.click();
  await ann.readsMessage("New", "New 399");
  await eve.leaves();
});
