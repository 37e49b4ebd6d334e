// The limits on connections, of the server and of an address.

import { afterAll, onTestFinished, test } from "vitest";
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

test("a user whose address has too many connections is told so, and joins once there is capacity", async () => {
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

test("the same is told in German, and on the landing page", async () => {
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

test("a full server is reported as such", async () => {
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
