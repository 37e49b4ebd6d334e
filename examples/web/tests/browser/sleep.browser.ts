// Sleep: a page notices that its connection died meanwhile.

import { afterAll, expect, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { NetworkProxy } from "./network-proxy";
import { STEP_TIMEOUT, Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());
const network = await NetworkProxy.to(server.port);
afterAll(() => network.stop());

/** Three seconds for the check, and the rest for a busy machine. */
const DETECTION_MS = 8000;

/** Returns two members of a room; Ann's connection to the server is dead. */
async function joinedWithDeadConnection(room: string): Promise<[Person, Person]> {
  const [ann, bob] = [await Person.comes(browser, "Ann"), await Person.comes(browser, "Bob")];
  await ann.joins(`http://127.0.0.1:${network.port}/#/${room}`);
  await bob.joins(`http://127.0.0.1:${server.port}/#/${room}`);
  await ann.sees("Bob");
  network.dropOpenConnections();
  // The page may be back within a moment, so polling could miss the banner.
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

/** Expects that Ann's page notices soon, and reconnects. */
async function expectRecovery(ann: Person, bob: Person, wokeAt: number): Promise<void> {
  await ann.page.waitForFunction(() => "lostAt" in globalThis, undefined, {
    timeout: STEP_TIMEOUT,
  });
  const noticed = await ann.page.evaluate(
    (since) => (globalThis as unknown as { lostAt: number }).lostAt - since,
    wokeAt,
  );
  await ann.readsNo(en.call.reconnecting);
  console.log(`noticed after ${noticed} ms, back after ${Date.now() - wokeAt} ms`);
  expect(noticed).toBeLessThan(DETECTION_MS);
  await ann.writes("Good morning.");
  await bob.readsMessage("Ann", "Good morning.");
}

test("a page that is online again notices its dead connection within seconds", async () => {
  const [ann, bob] = await joinedWithDeadConnection("online");
  await ann.page.context().setOffline(true); // this doesn't affect open WebSockets
  const wokeAt = Date.now();
  await ann.page.context().setOffline(false);
  await expectRecovery(ann, bob, wokeAt);
});

test.each([
  ["document", "visibilitychange"],
  ["document", "resume"],
  ["window", "pageshow"],
] as const)("so does a page whose %s fires %s", async (target, event) => {
  const [ann, bob] = await joinedWithDeadConnection(event);
  const wokeAt = Date.now();
  await ann.page.evaluate(
    ([of, name]) => (of === "window" ? window : document).dispatchEvent(new Event(name)),
    [target, event] as const,
  );
  await expectRecovery(ann, bob, wokeAt);
});
