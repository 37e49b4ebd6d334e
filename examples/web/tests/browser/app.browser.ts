// The built app: small, cached, below any path, on small screens, with and without devices.

import type { Locator } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { NetworkProxy } from "./network-proxy";
import { Person } from "./person";

/** The budget of compressed JavaScript for the first visit, in bytes. */
const SCRIPT_BUDGET = 150_000;

const PHONE = { width: 360, height: 740 };

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

const start = `http://127.0.0.1:${server.port}/`;

/** Returns whether an element is entirely on the screen. */
async function isWithin(element: Locator, screen: { width: number; height: number }) {
  const box = await element.boundingBox();
  return (
    box !== null &&
    box.x >= 0 &&
    box.y >= 0 &&
    box.x + box.width <= screen.width &&
    box.y + box.height <= screen.height
  );
}

test("the first visit loads little, and the next one loads no script", async () => {
  const ann = await Person.comes(browser, "Ann");
  /** The compressed bytes of scripts loaded over the network. */
  const loaded = (): Promise<number> =>
    ann.page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map((entry) => entry as PerformanceResourceTiming)
        .filter(({ name }) => name.endsWith(".js"))
        .reduce((sum, { transferSize }) => sum + transferSize, 0),
    );
  await ann.page.goto(start);
  await ann.button(en.landing.newRoom).waitFor();
  const first = await loaded();
  expect(first).toBeGreaterThan(10_000);
  expect(first).toBeLessThan(SCRIPT_BUDGET);
  await ann.page.goto("about:blank");
  await ann.page.goto(start);
  await ann.button(en.landing.newRoom).waitFor();
  expect(await loaded()).toBe(0);
  expect(ann.errors).toEqual([]);
});

test("the app works below any path, behind a proxy that removes it", async () => {
  const proxy = await NetworkProxy.to(server.port, "/call");
  onTestFinished(() => proxy.stop());
  const ann = await Person.comes(browser, "Ann");
  await ann.page.goto(`http://127.0.0.1:${proxy.port}/call/`);
  await ann.button(en.landing.newRoom).click();
  await ann.entersName();
  await ann.isInCall();
  const link = await ann.page.getByRole("textbox", { name: en.invite.link }).inputValue();
  expect(link).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${proxy.port}/call/#/[a-z0-9-]+$`));
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(link);
  await ann.sees("Bob");
  expect([...ann.errors, ...bob.errors]).toEqual([]);
});

test("on a phone everything is within the screen", async () => {
  const ann = await Person.comes(browser, "Ann", {
    viewport: PHONE,
    isMobile: true,
    hasTouch: true,
  });
  const widthOfPage = (): Promise<number> =>
    ann.page.evaluate(() => document.documentElement.scrollWidth);
  await ann.page.goto(start);
  expect(await widthOfPage()).toBe(PHONE.width);
  expect(await isWithin(ann.button(en.landing.newRoom), PHONE)).toBe(true);
  await ann.takesScreenshot("the start on a phone");
  await ann.button(en.landing.newRoom).tap();
  await ann.page.getByLabel(en.prejoin.name).waitFor();
  expect(await widthOfPage()).toBe(PHONE.width);
  await ann.takesScreenshot("the door on a phone");
  await ann.entersName();
  await ann.isInCall();
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(ann.page.url());
  await ann.sees("Bob");
  await ann.takesScreenshot("a call on a phone");
  expect(await widthOfPage()).toBe(PHONE.width);
  for (const picture of ["Bob", en.tile.nameOf("Ann", true)]) {
    expect(await isWithin(ann.video(picture), PHONE), picture).toBe(true);
  }
  const controls = ann.page.getByRole("group", { name: en.call.controls }).getByRole("button");
  for (const control of await controls.all()) {
    const label = (await control.getAttribute("aria-label")) ?? "";
    expect(await isWithin(control, PHONE), label).toBe(true);
  }
  const chat = await ann.opens("chat");
  await bob.writes("Can you read this?");
  await ann.readsMessage("Bob", "Can you read this?");
  expect(await isWithin(chat.getByRole("textbox", { name: en.chat.write }), PHONE)).toBe(true);
  await ann.takesScreenshot("chat on a phone");
  await chat.getByRole("button", { name: en.close }).tap();
  await ann.sees("Bob");
});

test("a user without devices sees the others, and can chat", async () => {
  const bare = await launched({ hasDevices: false });
  onTestFinished(() => bare.close());
  const ann = await Person.comes(bare, "Ann");
  await ann.page.goto(`${start}#/without`);
  await ann.reads(en.devices.faultOf("both", "missing"));
  await ann.takesScreenshot("no devices");
  await ann.entersName();
  await ann.isInCall();
  const bob = await Person.comes(browser, "Bob");
  await bob.joins(`${start}#/without`);
  await ann.sees("Bob");
  await bob.seesTiles(2);
  await ann.writes("I have no camera.");
  await bob.readsMessage("Ann", "I have no camera.");
});

test("two users without devices are connected, and receive the media of a third one", async () => {
  const bare = await launched({ hasDevices: false });
  onTestFinished(() => bare.close());
  const [ann, bob] = await Person.allJoin(bare, `${start}#/two-without`, ["Ann", "Bob"]);
  for (const [one, other] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    await one.seesTiles(2);
    await one.readsNo(en.tile.connecting);
    await one.writes(`I am ${one.name}.`);
    await other.readsMessage(one.name, `I am ${one.name}.`);
    await one.takesScreenshot("nobody has a camera");
  }
  await ann.page.waitForTimeout(16_000);
  expect(await ann.page.locator(".tile-trouble").count()).toBe(0);
  const cem = await Person.comes(browser, "Cem");
  await cem.joins(`${start}#/two-without`);
  await ann.sees("Cem");
  await bob.sees("Cem");
});

test("a user whose permission is denied is told what helps", async () => {
  const strict = await launched({ isAllowed: false });
  onTestFinished(() => strict.close());
  const ann = await Person.comes(strict, "Ann");
  await ann.page.goto(`${start}#/denied`);
  await ann.reads(en.devices.faultOf("both", "denied"));
  await ann.takesScreenshot("denied");
  await ann.entersName();
  await ann.isInCall();
});
