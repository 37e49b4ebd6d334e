// A page whose connection has died while it slept.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Network } from "./network-proxy";
import { PATIENCE, Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());
const network = await Network.to(server.port);
afterAll(() => network.goesAway());

/** Three seconds for the probe, and the rest for a busy machine. */
const SOON = 8000;

/** Ann and Bob are in a room, and what is open between Ann and the server is dead. */
async function asleep(room: string): Promise<[Person, Person]> {
  const [ann, bob] = [await Person.comes(browser, "Ann"), await Person.comes(browser, "Bob")];
  await ann.joins(`http://127.0.0.1:${network.port}/#/${room}`);
  await bob.joins(`http://127.0.0.1:${server.port}/#/${room}`);
  await ann.sees("Bob");
  network.losesWhatIsOpen();
  // It is back within a blink where all goes well: whoever only looks now and then sees nothing.
  await ann.page.evaluate((lost) => {
    const observer = new MutationObserver(() => {
      if (!document.body.textContent.includes(lost)) return;
      Object.assign(globalThis, { lostAt: Date.now() });
      observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  }, en.call.reconnecting);
  return [ann, bob];
}

/** Ann's page notices soon, and is back. */
async function comesBack(ann: Person, bob: Person, wokeAt: number): Promise<void> {
  await ann.page.waitForFunction(() => "lostAt" in globalThis, undefined, {
    timeout: PATIENCE,
  });
  const noticed = await ann.page.evaluate(
    (since) => (globalThis as unknown as { lostAt: number }).lostAt - since,
    wokeAt,
  );
  await ann.readsNo(en.call.reconnecting);
  console.log(`noticed after ${noticed} ms, back after ${Date.now() - wokeAt} ms`);
  expect(noticed).toBeLessThan(SOON);
  await ann.writes("Good morning.");
  await bob.readsMessage("Ann", "Good morning.");
}

test("a page that is online again notices its dead connection in seconds", async () => {
  const [ann, bob] = await asleep("online");
  await ann.page.context().setOffline(true); // which cuts no WebSocket that is open
  const wokeAt = Date.now();
  await ann.page.context().setOffline(false);
  await comesBack(ann, bob, wokeAt);
});

test.each([
  ["document", "visibilitychange"],
  ["document", "resume"],
  ["window", "pageshow"],
] as const)("a page whose %s tells of %s does as well", async (target, event) => {
  const [ann, bob] = await asleep(event);
  const wokeAt = Date.now();
  await ann.page.evaluate(
    ([of, name]) => (of === "window" ? window : document).dispatchEvent(new Event(name)),
    [target, event] as const,
  );
  await comesBack(ann, bob, wokeAt);
});
