// Recovery without user action: after a reload, a network outage, and a restart of the server.

import { afterAll, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { NetworkProxy } from "./network-proxy";
import { Person } from "./person";

/** The outage in milliseconds, longer than the first delays before reconnecting. */
const OUTAGE_MS = 10_000;

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());
const network = await NetworkProxy.to(server.port);
afterAll(() => network.stop());

/** Returns two members who see each other. */
async function inCall(room: string): Promise<[Person, Person]> {
  const link = `http://127.0.0.1:${network.port}/#/${room}`;
  const [ann, bob] = await Person.allJoin(browser, link, ["Ann", "Bob"]);
  await ann.sees("Bob");
  await bob.sees("Ann");
  return [ann, bob];
}

/** Expects that both members see each other once, and can chat. */
async function expectCallGoesOn(ann: Person, bob: Person): Promise<void> {
  for (const [one, other] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    await one.readsNo(en.call.reconnecting);
    await one.sees(other.name);
    await one.seesTiles(2);
    await one.writes(`I am ${one.name}, and still here.`);
    await other.readsMessage(one.name, `I am ${one.name}, and still here.`);
  }
}

test("a reloaded page returns to the call", async () => {
  const [ann, bob] = await inCall("reload");
  await ann.page.reload();
  await ann.isInCall();
  await expectCallGoesOn(ann, bob);
});

test("an outage of ten seconds ends no call", async () => {
  const [ann, bob] = await inCall("outage");
  await network.stop();
  const over = new Promise((done) => setTimeout(done, OUTAGE_MS));
  for (const person of [ann, bob]) await person.reads(en.call.reconnecting);
  await ann.writes("Written in the dark.");
  await ann.sees("Bob");
  await bob.sees("Ann");
  await ann.takesScreenshot("an outage");
  await over;
  await network.start();
  // A browser says so when its network is back; without that, a page may wait 30 s longer.
  for (const { page } of [ann, bob]) {
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
  }
  await bob.readsMessage("Ann", "Written in the dark.");
  await expectCallGoesOn(ann, bob);
});

test("a call survives a restart of the server", async () => {
  const [ann, bob] = await inCall("restart");
  await server.stop();
  for (const person of [ann, bob]) await person.reads(en.call.reconnecting);
  await ann.sees("Bob");
  await bob.sees("Ann");
  await server.run();
  await expectCallGoesOn(ann, bob);
});
