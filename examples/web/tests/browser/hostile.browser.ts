// The page stays responsive whatever one hostile client does.

import type { Page } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { ROOM } from "../../src/camus-client/generated";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";
import { observeStalls } from "./main-thread-stalls";
import { joinAsRawClient } from "./raw-client";

const browser = await launched();
afterAll(() => browser.close());
const server = await CamusServe.start("--joins-per-minute", "6000");
afterAll(() => server.remove());
const linkTo = (room: string): string => `http://127.0.0.1:${server.port}/#/${room}`;

/** The duration of each attack. */
const ATTACK_MS = 10_000;

/** Counts the peer connections that a page creates, and measures its longest stall. */
async function observe(page: Page): Promise<() => Promise<{ made: number; stood: number }>> {
  await page.evaluate(() => {
    const watch = { made: 0 };
    Object.assign(window, { watch });
    window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
      construct(real, parts: [RTCConfiguration?]) {
        watch.made += 1;
        return new real(...parts);
      },
    });
  });
  const stood = await observeStalls(page);
  return async () => ({
    made: await page.evaluate(
      () => (window as unknown as { watch: { made: number } }).watch.made,
    ),
    stood: await stood(),
  });
}

test("a member that keeps rejoining costs a page only a few connections", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("rejoins"), ["Ann", "Bob"]);
  await ann.sees("Bob");
  const seen = await observe(ann.page);
  let { joined, socket } = await joinAsRawClient(server.port, {
    room_id: "rejoins",
    username: "Mal",
  });
  let rejoined = 0;
  for (const end = Date.now() + ATTACK_MS; Date.now() < end; rejoined += 1) {
    const resume = { session: joined.session };
    const before = socket;
    try {
      ({ joined, socket } = await joinAsRawClient(server.port, { room_id: "rejoins", resume }));
    } catch {
      await new Promise((done) => setTimeout(done, 100)); // the server has refused to join it again
    }
    if (before !== socket) before.terminate();
  }
  onTestFinished(() => socket.terminate());
  const { made, stood } = await seen();
  console.log(`${rejoined} times rejoined: ${made} connections, ${stood.toFixed(0)} ms still`);
  expect(made).toBeLessThanOrEqual(8);
  expect(stood).toBeLessThan(3000);
  await ann.takesScreenshot("somebody rejoins all the time");
  await ann.sees("Bob");
  await bob.sees("Ann");
  await ann.writes("Still here.");
  await bob.readsMessage("Ann", "Still here.");
  const cem = await Person.comes(browser, "Cem");
  await cem.joins(linkTo("rejoins"));
  await ann.sees("Cem");
  expect(ann.errors).toEqual([]);
});

test("a member that keeps offering new connections costs only a few, too", async () => {
  const [ann, bob] = await Person.allJoin(browser, linkTo("offers"), ["Ann", "Bob"]);
  await ann.sees("Bob");
  const seen = await observe(ann.page);
  const mal = await joinAsRawClient(server.port, { room_id: "offers", username: "Mal" });
  onTestFinished(() => mal.socket.terminate());
  const { id: receiver } = mal.joined.clients?.find(({ username }) => username === "Ann") ?? {};
  for (let times = 0; times < 400; times += 1) {
    const id = `${times.toString(16).padStart(8, "0")}.1`;
    const data = { type: "offer", sdp: "v=0\r\n" };
    mal.send({ type: "offer", receiver, id, data });
    await new Promise((done) => setTimeout(done, 20));
  }
  const { made, stood } = await seen();
  console.log(`400 offers: ${made} connections, ${stood.toFixed(0)} ms still`);
  expect(made).toBeLessThanOrEqual(8);
  expect(stood).toBeLessThan(3000);
  await ann.sees("Bob");
  await bob.sees("Ann");
});

test("a member that never answers an offer is reported, and can chat", async () => {
  const ann = await Person.comes(browser, "Ann");
  await ann.joins(linkTo("silent"));
  const bot = await joinAsRawClient(server.port, { room_id: "silent", username: "Bot" });
  onTestFinished(() => bot.socket.terminate());
  bot.send({ type: "text", receiver: ROOM, data: { text: "I only write." } });
  await ann.reads(en.tile.connecting);
  await ann.reads(en.tile.without.unanswered);
  await ann.readsMessage("Bot", "I only write.");
  await ann.takesScreenshot("no answer");
});
