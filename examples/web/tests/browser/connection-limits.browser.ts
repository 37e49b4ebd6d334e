// The limits on connections, of the server and of an address.

import type { Page } from "playwright-core";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";
import { joinAsRawClient } from "./raw-client";

const browser = await launched();
afterAll(() => browser.close());

const CONNECTIONS_PER_ADDRESS = 4;

/**
 * Returns a server at which this address has reached its limit of connections, until `leave` is
 * called.
 */
async function fullServer(): Promise<{ port: number; leave: () => void }> {
  const server = await CamusServe.start(
    "--connections-per-address",
    String(CONNECTIONS_PER_ADDRESS),
  );
  onTestFinished(() => server.remove());
  const taken = await Promise.all(
    Array.from({ length: CONNECTIONS_PER_ADDRESS }, () =>
      joinAsRawClient(server.port, { room_id: "others" }),
    ),
  );
  const leave = (): void => taken.forEach(({ socket }) => socket.terminate());
  onTestFinished(leave);
  return { port: server.port, leave };
}

test("who is one too many of an address reads so, and comes in when there is a place", async () => {
  const { port, leave } = await fullServer();
  const ann = await Person.comes(browser, "Ann");
  await ann.asksToJoin(`http://127.0.0.1:${port}/#/room`);
  await ann.reads(en.prejoin.held);
  await ann.reads(en.call.holds["address-full"]);
  await ann.page.getByText(/Next try in \d+ s/).waitFor();
  await ann.takesScreenshot("no place");
  leave();
  await ann.isInCall();
});

test("and in German, and on the first page", async () => {
  const { port, leave } = await fullServer();
  const ann = await Person.comes(browser, "Ännchen", { locale: "de-DE" });
  await ann.page.goto(`http://127.0.0.1:${port}/`);
  await ann.reads(de.landing.troubles["address-full"]);
  await ann.page.getByRole("button", { name: de.landing.newRoom }).click();
  await ann.page.getByText(de.landing.troubles["address-full"]).nth(1).waitFor();
  await ann.takesScreenshot("no place for a new room");
  await ann.page.goto(`http://127.0.0.1:${port}/#/raum`);
  await ann.page.getByLabel(de.prejoin.name).fill("Ännchen");
  await ann.page.getByRole("button", { name: de.prejoin.join }).click();
  await ann.reads(de.prejoin.held);
  await ann.reads(de.call.holds["address-full"]);
  await ann.page.getByText(/Nächster Versuch in \d+ s/).waitFor();
  await ann.takesScreenshot("no place");
  await ann.page.getByRole("button", { name: de.prejoin.stopWaiting }).click();
  await ann.page.getByRole("button", { name: de.prejoin.join }).waitFor();
  leave();
});

test("a server that is full says so as well", async () => {
  const full = await CamusServe.start("--connections", "1");
  onTestFinished(() => full.remove());
  const { socket } = await joinAsRawClient(full.port, { room_id: "others" });
  onTestFinished(() => socket.terminate());
  const ann = await Person.comes(browser, "Ann");
  await ann.asksToJoin(`http://127.0.0.1:${full.port}/#/room`);
  await ann.reads(en.call.holds["server-full"]);
  socket.terminate();
  await ann.isInCall();
});

test("two people without devices are connected, write, and are heard when they have one", async () => {
  const server = await CamusServe.start();
  onTestFinished(() => server.remove());
  const bare = await launched({ hasDevices: false });
  onTestFinished(() => bare.close());
  const [ann, bob] = await Person.allJoin(bare, `http://127.0.0.1:${server.port}/#/without`, [
    "Ann",
    "Bob",
  ]);
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
  await cem.joins(`http://127.0.0.1:${server.port}/#/without`);
  await ann.sees("Cem");
  await bob.sees("Cem");
});

const INVALID_URLS = [
  "stun:a:3478,stun:b:3478",
  "stun:stun.example.org:99999",
  "turn:no.credential",
];

/** Replaces the ICE servers that the server sends to a page. */
const replaceIceServers = (page: Page, servers: readonly object[]): Promise<void> =>
  page.routeWebSocket(/\/ws$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const text = String(message);
      socket.send(text.replace('"ice_servers":[]', `"ice_servers":${JSON.stringify(servers)}`));
    });
  });

test("STUN and TURN servers that the browser refuses leave no call dark", async () => {
  const server = await CamusServe.start();
  onTestFinished(() => server.remove());
  const link = `http://127.0.0.1:${server.port}/#/servers`;
  const [ann, bob] = [await Person.comes(browser, "Ann"), await Person.comes(browser, "Bob")];
  await replaceIceServers(ann.page, [{ urls: [...INVALID_URLS, "stun:127.0.0.1:9"] }]);
  await ann.joins(link);
  await bob.joins(link);
  await ann.reads(en.notices.of({ kind: "servers", urls: INVALID_URLS }));
  await ann.takesScreenshot("refused servers");
  await ann.sees("Bob");
  await bob.sees("Ann");
});

test("what a person types as a server is checked by the browser", async () => {
  const server = await CamusServe.start();
  onTestFinished(() => server.remove());
  const ann = await Person.comes(browser, "Ann");
  await ann.page.goto(`http://127.0.0.1:${server.port}/`);
  await ann.button(en.settings.title).click();
  const settings = ann.dialog(en.settings.title);
  const enters = async (url: string): Promise<void> => {
    await settings.getByLabel(en.settings.url).fill(url);
    await settings.getByRole("button", { name: en.settings.add }).click();
  };
  for (const url of [
    "stun:a:3478,stun:b:3478",
    "stun:stun.example.org:99999",
    "stun:2001:db8::1",
    "stun:stun.example.org?transport=udp",
    "https://stun.example.org",
  ]) {
    await enters(url);
    await ann.reads(en.settings.problems.url);
  }
  await enters("turn:turn.example.org");
  await ann.reads(en.settings.problems.credential);
  await ann.takesScreenshot("own servers");
  await enters("stun:[2001:db8::1]:3478");
  await settings.getByText("stun:[2001:db8::1]:3478").waitFor();
});
