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
  return [ann, bob];
}

/**
 * Wakes Ann's page, and expects that it notices soon, and reconnects. It may be back within a
 * moment, before it shows that it is reconnecting; so its next WebSocket counts.
 */
async function expectRecovery(ann: Person, bob: Person, wake: () => Promise<unknown>) {
  const reconnects = ann.page.waitForEvent("websocket", { timeout: STEP_TIMEOUT });
  const wokeAt = Date.now();
  await wake();
  await reconnects;
  const noticed = Date.now() - wokeAt;
  await ann.readsNo(en.call.reconnecting);
  console.log(`noticed after ${noticed} ms, back after ${Date.now() - wokeAt} ms`);
  expect(noticed).toBeLessThan(DETECTION_MS);
  await ann.writes("Good morning.");
  await bob.readsMessage("Ann", "Good morning.");
}

test("a page that is online again notices its dead connection within seconds", async () => {
  const [ann, bob] = await joinedWithDeadConnection("online");
  await ann.page.context().setOffline(true); // this doesn't affect open WebSockets
  await expectRecovery(ann, bob, () => ann.page.context().setOffline(false));
});

test.each([
  ["document", "visibilitychange"],
  ["document", "resume"],
  ["window", "pageshow"],
] as const)("so does a page whose %s fires %s", async (target, event) => {
  const [ann, bob] = await joinedWithDeadConnection(event);
  await expectRecovery(ann, bob, () =>
    ann.page.evaluate(
      ([of, name]) => (of === "window" ? window : document).dispatchEvent(new Event(name)),
      [target, event] as const,
    ),
  );
});
