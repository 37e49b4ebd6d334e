// The limits on peer connections, and connections that the browser refuses.

import { describe, expect, test } from "vitest";
import { usableIceServers } from "../src/camus-client/call/usable-ice-servers";
import { rtcIceServers } from "../src/camus-client/ice-servers";
import type { IceServer } from "../src/camus-client/generated";
import { fakeOpener, fakeTrack } from "./fake-peer-connection";
import { FakeRoom } from "./fake-room";
import type { FakeMember } from "./fake-room";

const ANN = "a".repeat(32);
const BOB = "b".repeat(32);
const MAL = "d".repeat(32);

/** Returns a room in which Ann is alone, with her microphone. */
function annAlone(options = {}): { room: FakeRoom; ann: FakeMember } {
  const room = new FakeRoom();
  const ann = room.newcomer(ANN, options);
  ann.call.setTrack("microphone", fakeTrack("audio"));
  ann.join();
  return { room, ann };
}

/** Lets Ann see that a member has reloaded its page. */
function reloadPageOf(ann: FakeMember, id: string): void {
  ann.seeLeave(id, "rejoined");
  ann.seeJoin(id);
}

const statesOf = (member: FakeMember, id: string): unknown[] =>
  member.callEvents.flatMap(([name, event]) =>
    name === "peer" && (event as { id: string }).id === id
      ? [(event as { state: unknown }).state]
      : [],
  );

describe("a member that keeps rejoining", () => {
  test("is connected immediately a few times, then with growing delays", () => {
    const { room, ann } = annAlone();
    const madeAfter = (seconds: number): number => {
      for (let passed = 0; passed < seconds; passed += 0.1) {
        reloadPageOf(ann, MAL);
        room.clock.advance(0.1);
      }
      return ann.opener.made.length;
    };
    expect(madeAfter(0.5)).toBe(3);
    expect(madeAfter(9.5)).toBeLessThanOrEqual(6);
    expect(madeAfter(110)).toBeLessThanOrEqual(6 + 6);
    expect(ann.connections.length).toBeLessThanOrEqual(1);
  });

  test("has one connection at a time: a replaced one is closed at once", () => {
    const { room, ann } = annAlone();
    for (let times = 0; times < 3609; times += 1) {
      reloadPageOf(ann, MAL);
      expect(ann.connections.length).toBeLessThanOrEqual(1);
      room.clock.advance(10 / 3609);
    }
    expect(ann.opener.made.length).toBeLessThanOrEqual(6);
    expect(statesOf(ann, MAL).at(-1)).toBe("held");
  });

  test("is connected when it stays, and its history is forgiven", async () => {
    const { room, ann } = annAlone();
    const mal = room.newcomer(MAL).join();
    await room.settle();
    for (let times = 0; times < 20; times += 1) {
      mal.rejoin("rejoined");
      await room.settle();
    }
    expect(statesOf(ann, MAL).at(-1)).toBe("held");
    room.clock.advance(30);
    await room.settle();
    room.clock.advance(30);
    await room.settle();
    expect(mal.tracksFrom(ANN)).toEqual({ microphone: "audio" });
    room.clock.advance(120);
    await room.settle();
    const before = ann.opener.made.length;
    reloadPageOf(ann, MAL);
    expect(ann.opener.made.length).toBe(before + 1);
  });

  test("doesn't delay others", async () => {
    const { room, ann } = annAlone();
    for (let times = 0; times < 1000; times += 1) reloadPageOf(ann, MAL);
    const bob = room.newcomer(BOB).join();
    await room.settle();
    expect(bob.tracksFrom(ANN)).toEqual({ microphone: "audio" });
  });

  test("is limited, too, if it offers a new connection each time", () => {
    const { ann } = annAlone();
    ann.seeJoin(MAL);
    for (let times = 0; times < 500; times += 1) {
      const id = `${times.toString(16).padStart(8, "0")}.1`;
      const data = { type: "offer", sdp: "{}" } as const;
      ann.events.emit("message", { sender: MAL, receiver: ANN, type: "offer", id, data });
    }
    expect(ann.opener.made.length).toBeLessThanOrEqual(4);
    expect(ann.connections.length).toBeLessThanOrEqual(1);
  });
});

test("many newcomers are connected at a limited rate, those served least often first", () => {
  const { room, ann } = annAlone();
  const id = (n: number): string => n.toString(16).padStart(32, "0");
  for (let n = 0; n < 100; n += 1) ann.seeJoin(id(n));
  expect(ann.connections.length).toBe(6); // more would block the page
  expect(statesOf(ann, id(99))).toEqual(["held"]);
  for (let passed = 0; passed < 1; passed += 0.1) room.clock.advance(0.1);
  expect(ann.connections.length).toBeLessThanOrEqual(17);
  reloadPageOf(ann, id(0));
  ann.seeJoin(BOB);
  for (let passed = 0; passed < 6; passed += 0.1) room.clock.advance(0.1);
  expect(ann.connections.length).toBeGreaterThan(64);
  expect(ann.connections.length).toBeLessThan(100);
  expect(statesOf(ann, id(0)).at(-1)).toBe("held");
  for (let passed = 0; passed < 8; passed += 0.1) room.clock.advance(0.1);
  expect(ann.connections.length).toBe(101);
  expect(statesOf(ann, BOB).at(-1)).toBe("new");
});

test("members beyond the maximum of connections have none until others leave", () => {
  const { ann } = annAlone({ maxConnections: 2 });
  for (const id of [BOB, MAL, "e".repeat(32)]) ann.seeJoin(id);
  expect(ann.connections.length).toBe(2);
  expect(statesOf(ann, "e".repeat(32))).toEqual(["crowded"]);
  ann.seeLeave(BOB, "left");
  expect(ann.connections.length).toBe(2);
  expect(statesOf(ann, "e".repeat(32))).toEqual(["crowded", "new"]);
});

test("messages that arrive before a connection exists are handled once it does", async () => {
  const { room, ann } = annAlone();
  const mal = room.newcomer(MAL);
  mal.call.setTrack("camera", fakeTrack("video"));
  mal.join();
  await room.settle();
  for (let times = 0; times < 3; times += 1) mal.rejoin("rejoined");
  await room.settle();
  expect(statesOf(ann, MAL).at(-1)).toBe("held");
  room.clock.advance(2.5); // it stops waiting for an offer and sends its own
  await room.settle();
  room.clock.advance(20);
  await room.settle();
  expect(ann.tracksFrom(MAL)).toEqual({ camera: "video" });
  expect(mal.tracksFrom(ANN)).toEqual({ microphone: "audio" });
});

test("a member that doesn't answer is reported", () => {
  const { room, ann } = annAlone();
  ann.seeJoin(BOB);
  room.clock.advance(14);
  expect(statesOf(ann, BOB)).toEqual(["new"]);
  room.clock.advance(2);
  expect(statesOf(ann, BOB)).toEqual(["new", "unanswered"]);
  ann.seeLeave(BOB, "left");
  expect(room.clock.pendingTimers).toBe(0);
});

test("two members that send nothing are connected as well", async () => {
  const room = new FakeRoom();
  const [ann, bob] = [room.newcomer(ANN).join(), room.newcomer(BOB).join()];
  await room.settle();
  expect(room.relayed.filter((line) => /offer|answer/.test(line))).toEqual([
    `${ANN}: offer`,
    `${BOB}: answer`,
  ]);
  expect([ann, bob].map(({ last }) => last.signalingState)).toEqual(["stable", "stable"]);
  ann.call.setTrack("microphone", fakeTrack("audio"));
  await room.settle();
  expect(bob.tracksFrom(ANN)).toEqual({ microphone: "audio" });
});

test("tracks of both sides are negotiated with one offer and answer", async () => {
  const room = new FakeRoom();
  const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
  bob.call.setTrack("microphone", fakeTrack("audio"));
  bob.call.setTrack("camera", fakeTrack("video"));
  ann.join();
  bob.join();
  await room.settle();
  expect(room.relayed.filter((line) => /offer|answer/.test(line)).length).toBe(2);
  expect(ann.tracksFrom(BOB)).toEqual({ microphone: "audio", camera: "video" });
});

describe("STUN and TURN servers that the browser refuses", () => {
  const GOOD = "stun:good.example";
  const BAD = "stun:a:3478,stun:b:3478";
  const urlsOf = (servers: readonly RTCIceServer[]): string[] =>
    servers.flatMap(({ urls }) => urls);

  /** Returns an opener that throws at bad servers, as Chromium does. */
  function strictBrowser() {
    const { open, made } = fakeOpener();
    const browser = { made, isTired: false };
    return {
      browser,
      open: ((configuration, listener) => {
        if (browser.isTired) throw new Error("Cannot create so many PeerConnections");
        if (urlsOf(configuration.iceServers ?? []).includes(BAD))
          throw new Error("SyntaxError");
        return open(configuration, listener);
      }) satisfies typeof open,
    };
  }

  test("are left out and reported, and calls use the others", () => {
    const { open, browser } = strictBrowser();
    const { ann } = annAlone({ openPeerConnection: open });
    const refused: (readonly string[])[] = [];
    ann.call.on("servers-refused", (urls) => refused.push(urls));
    ann.iceServers = [{ urls: [BAD, GOOD] }, { urls: [BAD] }];
    ann.call.useOwnIceServers([{ urls: "turn:own.example", username: "a", credential: "b" }]);
    ann.seeJoin(BOB);
    ann.seeJoin(MAL);
    expect(browser.made.at(-1)?.configuration).toEqual({
      iceServers: [
        { urls: [GOOD] },
        { urls: ["turn:own.example"], username: "a", credential: "b" },
      ],
    });
    expect(refused).toEqual([[BAD, BAD]]);
    expect(statesOf(ann, BOB)).toEqual(["new"]);
  });

  test("aren't set on existing connections either", () => {
    const { open, browser } = strictBrowser();
    const { ann } = annAlone({ openPeerConnection: open });
    ann.seeJoin(BOB);
    const made = browser.made.at(-1);
    ann.events.emit("ice-servers", [{ urls: [BAD] }, { urls: [GOOD] }]);
    expect(made?.configuration).toEqual({ iceServers: [{ urls: [GOOD] }] });
  });

  test("aren't the reason if the browser creates no connection at all", () => {
    const { open, browser } = strictBrowser();
    const { room, ann } = annAlone({ openPeerConnection: open });
    ann.iceServers = [{ urls: [GOOD] }];
    browser.isTired = true;
    ann.seeJoin(BOB);
    expect(statesOf(ann, BOB)).toEqual(["refused"]);
    expect(ann.callEvents.filter(([name]) => name === "failed").length).toBe(1);
    room.clock.advance(10);
    expect(statesOf(ann, BOB)).toEqual(["refused", "refused"]);
    browser.isTired = false;
    room.clock.advance(10);
    expect(statesOf(ann, BOB)).toEqual(["refused", "refused", "new"]);
    expect(browser.made.at(-1)?.configuration).toEqual({ iceServers: [{ urls: [GOOD] }] });
  });

  test("are searched one by one only if there are any, up to a limit", () => {
    let tries = 0;
    const takes = (servers: readonly RTCIceServer[]): boolean => {
      tries += 1;
      return !urlsOf(servers).includes(BAD);
    };
    expect(usableIceServers([], takes)).toEqual({ servers: [], refused: [] });
    expect(tries).toBe(0);
    expect(usableIceServers([{ urls: GOOD }], takes).refused).toEqual([]);
    expect(tries).toBe(1);
    const many = Array.from({ length: 500 }, () => ({ urls: BAD }));
    expect(usableIceServers(many, takes).refused.length).toBe(500);
    expect(tries).toBeLessThan(50);
  });

  test("are left out if they are malformed", () => {
    const nonsense = [
      null,
      "stun:x",
      {},
      { urls: 5 },
      { urls: [null, GOOD] },
      { urls: GOOD, username: 5 },
    ] as unknown as IceServer[];
    expect(rtcIceServers(nonsense)).toEqual([{ urls: [GOOD] }, { urls: [GOOD] }]);
    expect(rtcIceServers(null as unknown as IceServer[])).toEqual([]);
  });
});

test("endless offers get a burst of answers, then a limited rate", async () => {
  const { room, ann } = annAlone();
  const mal = room.newcomer(MAL).join();
  await room.settle();
  ann.call.on("failed", ({ error }) => expect(error).toBe(undefined));
  const answers = (): number => room.relayed.filter((one) => one === `${ANN}: answer`).length;
  const before = answers();
  const { data } = {
    data: { type: "offer" as const, sdp: mal.last.localDescription?.sdp ?? "" },
  };
  for (let times = 100; times < 300; times += 1) {
    mal.send({ type: "offer", receiver: ANN, data });
    await room.settle();
  }
  expect(answers() - before).toBeLessThanOrEqual(16);
  for (let passed = 0; passed < 2; passed += 0.1) {
    room.clock.advance(0.1);
    await room.settle();
  }
  expect(answers() - before).toBeLessThanOrEqual(16 + 1);
});

test("a huge list of servers is cut off", () => {
  const server = (n: number): IceServer => ({ urls: [`stun:${n}.example`] });
  const endless = Array.from({ length: 10_000 }, (_, n) => server(n));
  expect(rtcIceServers(endless).length).toBe(32);
  expect(rtcIceServers([{ urls: endless.flatMap(({ urls }) => urls) }])[0]?.urls.length).toBe(
    32,
  );
});
