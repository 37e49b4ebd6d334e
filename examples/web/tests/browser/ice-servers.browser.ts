// STUN and TURN servers that the browser refuses, from the server and from the user's settings.

import type { Page } from "playwright-core";
import { afterAll, onTestFinished, test } from "vitest";
import { en } from "../../src/texts/en";
import { CamusServe } from "../camus-serve";
import { launched } from "./chromium";
import { Person } from "./person";

const browser = await launched();
afterAll(() => browser.close());

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

test("a call works in spite of STUN and TURN servers that the browser refuses", async () => {
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

test("a server that the user enters is validated by the browser", async () => {
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
