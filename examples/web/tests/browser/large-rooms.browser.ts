// The page stays responsive when the server reports more clients than any room has.

import { afterAll, expect, test } from "vitest";
import { LIMITS } from "../../src/camus-client/generated";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";
import { observeStalls } from "./main-thread-stalls";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start();
afterAll(() => server.remove());

/** Milliseconds on an idle machine: less than what a user perceives as a hang. */
const LONGEST_BLOCK = 1500;

/** The same for thousands of messages at once, more than a Camus server sends. */
const LONGEST_OF_MANY = 10_000;

const ME = "0e".repeat(16);
const idOf = (n: number): string => n.toString(16).padStart(32, "0");
const client = (n: number, username = `Guest ${n}`) => ({
  id: idOf(n),
  username,
  role: "guest",
});

/**
 * Joins a room with the test in the role of the server; returns a function that sends to the
 * page.
 */
async function joined(
  name: string,
  roster: readonly object[],
): Promise<{ person: Person; says: (type: string, data: unknown) => void }> {
  const person = await Person.comes(browser, name);
  let say: (frame: string) => void = () => undefined;
  const says = (type: string, data: unknown, more: object = {}): void =>
    say(JSON.stringify({ sender: "ground control", receiver: ME, type, data, ...more }));
  await person.page.routeWebSocket(/\/ws$/, (socket) => {
    say = (frame) => socket.send(frame);
    socket.onMessage((frame) => {
      const { type, id } = JSON.parse(String(frame)) as { type: string; id?: string };
      if (type !== "join") return;
      const place = {
        id: ME,
        room_id: "crowd",
        role: "owner",
        session: "session",
        resumed: false,
        waiting: [],
        ice_servers: [],
        limits: LIMITS,
        capabilities: [],
        locked: false,
      };
      const clients = [...roster, { id: ME, username: name, role: "owner" }];
      says("joined", { ...place, clients }, { reply_to: id ?? null });
    });
  });
  await person.joins(`http://127.0.0.1:${server.port}/#/crowd`);
  return { person, says };
}

/** Runs `act`, and returns the longest stall of the page meanwhile. */
async function longestStallDuring(person: Person, act: () => void): Promise<number> {
  const longest = await observeStalls(person.page);
  act();
  await person.page.waitForTimeout(5000);
  const blocked = await longest();
  console.log(`${person.name}: ${blocked.toFixed(0)} ms`);
  return blocked;
}

test.each(["people", "chat"] as const)(
  "2,000 clients that join and leave at once don't block a page with this panel: %s",
  async (panel) => {
    const { person, says } = await joined(`Ann, ${panel}`, [client(1)]);
    await person.opens(panel);
    const blocked = await longestStallDuring(person, () => {
      for (let n = 2; n < 2002; n += 1) {
        says("client-joined", client(n));
        says("client-left", { id: idOf(n), reason: "left" });
      }
    });
    await person.seesTiles(2);
    expect(blocked).toBeLessThan(LONGEST_OF_MANY);
    expect(person.errors).toEqual([]);
  },
);

test("a room of 256 look-alike names is shown, and its changes don't block the page", async () => {
  const names = ["Ann", "Аnn", "﷽".repeat(64), `e${"\u0301".repeat(63)}`];
  const crowd = Array.from({ length: 255 }, (_, n) => client(n, names[n % names.length]));
  const { person, says } = await joined("Ben", crowd);
  await person.seesTiles(256);
  await person.opens("people");
  await person.takesScreenshot("256 people");
  const blocked = await longestStallDuring(person, () => {
    for (let n = 0; n < 200; n += 1) {
      says("client-left", { id: idOf(n), reason: "left" });
      says("client-joined", client(n, names[n % names.length]));
    }
  });
  expect(blocked).toBeLessThan(LONGEST_OF_MANY);
});

test("1,000 waiting clients don't block an owner's page", async () => {
  const { person, says } = await joined("Cem", [client(1)]);
  await person.opens("people");
  const blocked = await longestStallDuring(person, () => {
    for (let n = 2; n < 1002; n += 1) {
      says("client-waiting", { id: idOf(n), username: `Guest ${n}` });
      says("client-waiting-left", { id: idOf(n) });
    }
    for (let n = 2; n < 22; n += 1) {
      says("client-waiting", { id: idOf(n), username: "﷽".repeat(64) });
    }
  });
  await person.takesScreenshot("20 wait");
  expect(blocked).toBeLessThan(LONGEST_BLOCK);
});

test("10,000 ICE servers don't block a page", async () => {
  const { person, says } = await joined("Dee", [client(1)]);
  const blocked = await longestStallDuring(person, () => {
    const servers = Array.from({ length: 10_000 }, (_, n) => ({
      urls: [n % 2 === 0 ? `stun:127.0.0.1:${n + 1}` : `stun:a:99999${n}`],
    }));
    says("ice-servers", servers);
    for (let n = 2; n < 22; n += 1) says("client-joined", client(n));
  });
  await person.takesScreenshot("10,000 ICE servers");
  expect(blocked).toBeLessThan(LONGEST_BLOCK);
});
