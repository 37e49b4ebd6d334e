import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createRoom, findRoom, listRooms } from "../src/camus-client/directory";
import { GROUND_CONTROL, ROOM } from "../src/camus-client/generated";
import { Refused } from "../src/camus-client/requests";
import { Session } from "../src/camus-client/session";
import type { SessionOptions } from "../src/camus-client/session-options";
import type { SessionEvents } from "../src/camus-client/session-events";
import type { OpenTransport } from "../src/camus-client/transport";
import { CamusServe, whyNoServer } from "./camus-serve";
import { CuttingProxy } from "./cutting-proxy";
import { openNodeTransport } from "./node-transport";
import { randomFrom } from "./seeded-random";

/** Waits for the next event that matches. */
function nextEvent<Name extends keyof SessionEvents>(
  session: Session,
  name: Name,
  wanted: (event: SessionEvents[Name]) => boolean = () => true,
): Promise<SessionEvents[Name]> {
  return new Promise((happened) => {
    const stop = session.on(name, (event) => {
      if (!wanted(event)) return;
      stop();
      happened(event);
    });
  });
}

/** Records the texts that a session receives. */
function recordTexts(session: Session): string[] {
  const heard: string[] = [];
  session.on("message", (message) => {
    if (message.type === "text") heard.push(message.data.text);
  });
  return heard;
}

const text = (receiver: string, line: string) =>
  ({ type: "text", receiver, data: { text: line } }) as const;

const title = `a real server${whyNoServer === null ? "" : ` (skipped: ${whyNoServer})`}`;

describe.skipIf(whyNoServer !== null)(title, () => {
  let server: CamusServe;
  let proxy: CuttingProxy;
  let rooms = 0;
  const sessions: Session[] = [];

  beforeAll(async () => {
    server = await CamusServe.start();
    proxy = await CuttingProxy.start(server.port);
  });

  afterEach(async () => {
    proxy.nextCut = () => Infinity;
    await Promise.all(sessions.splice(0).map((session) => session.leave()));
  });

  afterAll(async () => {
    await proxy.stop();
    await server.remove();
  });

  const direct = (path = "/ws"): string => `ws://localhost:${server.port}${path}`;
  const proxied = (): string => `ws://localhost:${proxy.port}/ws`;

  async function joined(options: SessionOptions): Promise<Session> {
    const session = new Session({
      openTransport: openNodeTransport,
      reconnect: { firstDelay: 0.05, longestDelay: 0.1 },
      ...options,
    });
    sessions.push(session);
    await session.join();
    return session;
  }

  const newRoom = (): string => `room-${(rooms += 1)}`;

  test("two clients join, chat and leave", async () => {
    const room_id = newRoom();
    const ann = await joined({ url: direct(), join: { room_id, username: "Ann" } });
    const came = nextEvent(ann, "client-joined");
    const bob = await joined({ url: direct(), join: { room_id, username: "Bob" } });
    expect(await came).toEqual({ id: bob.joined?.id, username: "Bob", role: "guest" });
    expect([...bob.clients.values()].map(({ username }) => username)).toEqual(["Ann", "Bob"]);
    const heard = nextEvent(bob, "message");
    ann.send(text(bob.joined?.id ?? "", "Hello!"));
    expect(await heard).toMatchObject({ type: "text", data: { from: "Ann", text: "Hello!" } });
    const left = nextEvent(ann, "client-left");
    await bob.leave();
    expect(await left).toEqual({ id: bob.joined?.id, reason: "left" });
  });

  test("a cut connection loses nothing, and other members don't notice it", async () => {
    const room_id = newRoom();
    const ann = await joined({ url: direct(), join: { room_id } });
    const bob = await joined({ url: proxied(), join: { room_id } });
    const heard = recordTexts(bob);
    const back = nextEvent(bob, "entered");
    proxy.cut();
    for (let n = 0; n < 50; n += 1) ann.send(text(bob.joined?.id ?? "", String(n)));
    expect(await back).toEqual({ how: "resumed" });
    ann.send(text(bob.joined?.id ?? "", "last"));
    await nextEvent(
      bob,
      "message",
      (message) => message.type === "text" && heard.includes("last"),
    );
    expect(heard).toEqual([...Array(50).keys(), "last"].map(String));
    expect(ann.clients.size).toBe(2);
  });

  test("a room demands its password, and recognizes its owner", async () => {
    const room = await createRoom(
      direct(),
      { password: "sesame", public: true },
      openNodeTransport,
    );
    const { room_id, owner_token } = room;
    await expect(joined({ url: direct(), join: { room_id } })).rejects.toMatchObject({
      error: { code: "password-required" },
    });
    await expect(
      joined({ url: direct(), join: { room_id, password: "open" } }),
    ).rejects.toBeInstanceOf(Refused);
    const owner = await joined({ url: direct(), join: { room_id, owner_token } });
    expect(owner.joined?.role).toBe("owner");
    const listed = await listRooms(direct(), openNodeTransport);
    expect(listed).toMatchObject([{ room_id, clients: 1, password: true }]);
    expect(
      (await owner.request({ type: "list-rooms", receiver: GROUND_CONTROL })).data,
    ).toEqual(listed);
  });

  test("a room is found by its name or link, and names itself", async () => {
    const room = { name: "Straßenfest", password: "sesame" };
    const { room_id } = await createRoom(direct(), room, openNodeTransport);
    const find = (name: string, password?: string) =>
      findRoom(direct(), { name, ...(password && { password }) }, openNodeTransport);
    expect(await find("Straßenfest")).toEqual({ room_id: "strassenfest" });
    const inside = await joined({ url: direct(), join: { room_id, password: "sesame" } });
    expect([inside.roomName, inside.joined?.name]).toEqual(["Straßenfest", "Straßenfest"]);
    const { id, username } = [...inside.clients.values()][0] ?? {};
    expect(await find("https://camus.example/#/strassenfest", "sesame")).toEqual({
      room_id,
      name: "Straßenfest",
      clients: [{ id, username }],
    });
    await expect(find("!!!")).rejects.toMatchObject({ error: { code: "room-not-found" } });
  });

  test("a newer connection takes the session over, and the older session ends", async () => {
    const room_id = newRoom();
    const storeOf = (resumeToken: string | null) => {
      const stored = {
        resumeToken,
        write: (newest: string) => (last = newest),
        remove: () => undefined,
      };
      return { open: () => Promise.resolve(stored) };
    };
    let last = "";
    const first = await joined({ url: direct(), join: { room_id }, store: storeOf(null) });
    const ended = nextEvent(first, "status", ({ at }) => at === "ended");
    const other = await joined({ url: direct(), join: { room_id } });
    const left = nextEvent(other, "client-left");
    const second = await joined({ url: direct(), join: { room_id }, store: storeOf(last) });
    expect(await ended).toMatchObject({ end: { code: 4505 } });
    expect(await left).toEqual({ id: first.joined?.id, reason: "rejoined" });
    expect(second.joined).toMatchObject({ id: first.joined?.id, reason: "rejoined" });
  });

  test("a restarted server still holds the place", async () => {
    const room_id = newRoom();
    const ann = await joined({ url: direct(), join: { room_id } });
    const { id } = ann.joined ?? {};
    const away = nextEvent(ann, "status", ({ at }) => at === "away");
    const back = nextEvent(ann, "entered");
    await server.stop();
    await away;
    await server.run();
    expect(await back).toEqual({ how: "rejoined", reason: "restarted", sameId: true });
    expect(ann.joined?.id).toBe(id);
    const heard = nextEvent(ann, "message");
    ann.send(text(ROOM, "echo"));
    expect(await heard).toMatchObject({ data: { text: "echo" } });
  });

  test("without the session profile the events are the same", async () => {
    const openCore: OpenTransport = (url, protocols, listener) =>
      openNodeTransport(
        protocols.length > 0 ? "ws://localhost:1/room/none/ws" : url,
        [],
        listener,
      );
    const room_id = newRoom();
    const url = direct(`/room/${room_id}/ws`);
    const ann = await joined({ url, join: { username: "Ann" }, openTransport: openCore });
    const came = nextEvent(ann, "client-joined");
    const bob = await joined({ url, join: { username: "Bob" }, openTransport: openCore });
    expect(await came).toMatchObject({ id: bob.joined?.id });
    const heard = nextEvent(ann, "message");
    bob.send(text(ann.joined?.id ?? "", "Hello!"));
    expect(await heard).toMatchObject({ type: "text", data: { text: "Hello!" } });
    const left = nextEvent(ann, "client-left");
    await bob.leave();
    expect(await left).toMatchObject({ id: bob.joined?.id });
  });

  // Property: wherever connections are cut, each message arrives exactly once, and in order.
  test.each([1, 2, 3, 4, 5])("exactly once over random cuts (seed %d)", async (seed) => {
    const random = randomFrom(seed);
    const room_id = newRoom();
    const ann = await joined({ url: proxied(), join: { room_id } });
    const bob = await joined({ url: proxied(), join: { room_id } });
    const heard = { ann: recordTexts(ann), bob: recordTexts(bob) };
    const hows = new Set<string>();
    for (const one of [ann, bob]) one.on("entered", ({ how }) => hows.add(how));
    // The first kilobytes are those of the handshake, so some cuts happen there, too.
    proxy.nextCut = () => 100 + random(12_000);
    const cutsBefore = proxy.cuts;
    proxy.cut();
    const count = 300;
    const all = [...Array(count).keys()].map(String);
    const done = Promise.all(
      [ann, bob].map((one) =>
        nextEvent(one, "message", (m) => m.type === "text" && m.data.text === all.at(-1)),
      ),
    );
    for (const line of all) {
      ann.send(text(bob.joined?.id ?? "", line));
      bob.send(text(ann.joined?.id ?? "", line));
      if (random(10) === 0) await new Promise(setImmediate);
    }
    await done;
    proxy.nextCut = () => Infinity;
    expect(heard).toEqual({ ann: all, bob: all });
    expect(proxy.cuts - cutsBefore).toBeGreaterThan(3);
    expect(hows).toEqual(new Set(["resumed"]));
  });
});
