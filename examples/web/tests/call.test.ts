import { describe, expect, test } from "vitest";
import { fakeTrack } from "./fake-peer-connection";
import { FakeRoom } from "./fake-room";
import type { FakeMember } from "./fake-room";
import { randomFrom } from "./seeded-random";

const ANN = "a".repeat(32);
const BOB = "b".repeat(32);
const CEM = "c".repeat(32);

/** Returns two members in a call, each sending microphone and camera. */
async function call(): Promise<{ room: FakeRoom; ann: FakeMember; bob: FakeMember }> {
  const room = new FakeRoom();
  const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
  for (const one of [ann, bob]) {
    one.call.setTrack("microphone", fakeTrack("audio"));
    one.call.setTrack("camera", fakeTrack("video"));
  }
  ann.join();
  bob.join();
  await room.settle();
  room.relayed.length = 0;
  return { room, ann, bob };
}

const BOTH = { microphone: "audio", camera: "video" };

/** Expects that both sides have agreed on the same ICE generations. */
function expectAgreement(one: FakeMember, other: FakeMember): void {
  for (const { last } of [one, other]) expect(last.signalingState).toBe("stable");
  const { local, remote } = one.last.agreement;
  expect(other.last.agreement).toEqual({ local: remote, remote: local });
  expect(local).not.toBe(null);
}

/** Expects that no operation has failed. */
function expectNoFaults(...members: FakeMember[]): void {
  for (const { callEvents } of members) {
    expect(callEvents.filter(([name]) => name === "failed")).toEqual([]);
  }
}

describe("offers", () => {
  test("a present member sends an offer to a newcomer, which answers with its own tracks", async () => {
    const room = new FakeRoom();
    const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
    ann.call.setTrack("camera", fakeTrack("video"));
    bob.call.setTrack("camera", fakeTrack("video"));
    bob.call.setTrack("microphone", fakeTrack("audio"));
    ann.join();
    bob.join();
    await room.settle();
    room.clock.advance(2);
    await room.settle();
    expect(room.relayed.filter((line) => /offer|answer/.test(line))).toEqual([
      `${ANN}: offer`,
      `${BOB}: answer`,
      `${BOB}: offer`, // for the microphone, which had no media section
      `${ANN}: answer`,
    ]);
    expect(ann.tracksFrom(BOB)).toEqual(BOTH);
    expect(bob.tracksFrom(ANN)).toEqual({ camera: "video" });
    expectAgreement(ann, bob);
    expectNoFaults(ann, bob);
  });

  test("a newcomer that gets no offer for two seconds sends its own", async () => {
    const room = new FakeRoom();
    const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
    bob.call.setTrack("screen", fakeTrack("video"));
    const isLost = room.isLost;
    room.isLost = ({ receiver }) => receiver === BOB; // the present member stays silent
    ann.join();
    bob.join();
    await room.settle();
    room.clock.advance(1.9);
    await room.settle();
    expect(room.relayed.filter((line) => line.startsWith(BOB))).toEqual([]);
    room.isLost = isLost;
    room.clock.advance(0.2);
    await room.settle();
    expect(ann.tracksFrom(BOB)).toEqual({ screen: "video" });
    expect(bob.tracksFrom(ANN)).toEqual({});
  });

  test("an offer that arrives before the roster is answered, and its connection kept", async () => {
    const { room, ann, bob } = await call();
    const before = ann.last;
    ann.seeJoin(BOB); // the roster of the core profile comes late
    await room.settle();
    expect(ann.last).toBe(before);
    expectAgreement(ann, bob);
  });

  test.each([
    [ANN, BOB],
    [BOB, ANN],
  ])(
    "when offers cross, the maker of the first answered one rolls back (%s first)",
    async (first, second) => {
      const { room, ann, bob } = await call();
      for (const id of [first, second]) {
        room.members.get(id)?.call.setTrack("screen", fakeTrack("video"));
      }
      await room.settle();
      expect(room.relayed.filter((line) => line.endsWith("offer")).sort()).toEqual([
        `${ANN}: offer`,
        `${BOB}: offer`,
        // Ann's offer was rolled back; her screen is part of the answer to Bob's.
      ]);
      expect(room.relayed.filter((line) => line.endsWith("answer"))).toEqual([
        `${ANN}: answer`,
      ]);
      expect(ann.tracksFrom(BOB)).toEqual({ ...BOTH, screen: "video" });
      expect(bob.tracksFrom(ANN)).toEqual({ ...BOTH, screen: "video" });
      expectAgreement(ann, bob);
      expectNoFaults(ann, bob);
    },
  );

  test("when first offers cross, the greater id rolls back", async () => {
    const room = new FakeRoom();
    const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
    for (const one of [ann, bob]) one.call.setTrack("camera", fakeTrack("video"));
    ann.join();
    bob.join();
    room.clock.advance(2); // Ann only learns of Bob now
    await room.settle();
    expect(room.relayed.filter((line) => line.endsWith("answer"))).toEqual([`${BOB}: answer`]);
    expectAgreement(ann, bob);
    expect(ann.tracksFrom(BOB)).toEqual({ camera: "video" });
    expect(bob.tracksFrom(ANN)).toEqual({ camera: "video" });
    expectNoFaults(ann, bob);
  });
});

describe("candidates", () => {
  test("candidates that arrive before the offer are kept for it", async () => {
    const { room, ann, bob } = await call();
    room.remove(bob);
    await room.settle();
    const carl = room.newcomer(CEM).join();
    carl.call.setTrack("camera", fakeTrack("video"));
    await new Promise(setImmediate);
    const arriving = ann.inFlight.splice(0);
    for (const { deliver } of arriving) deliver();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    const early = carl.inFlight.splice(0).reverse(); // candidates first
    for (const { deliver } of early) deliver();
    await room.settle();
    expect(carl.last.candidates).toHaveLength(2);
    expectAgreement(ann, carl);
  });
});

describe("tracks", () => {
  test("tracks are replaced without a negotiation, and removed with one", async () => {
    const { room, ann, bob } = await call();
    ann.call.setTrack("camera", fakeTrack("video"));
    await room.settle();
    expect(room.relayed).toEqual([]);
    ann.call.setTrack("camera", null);
    bob.callEvents.length = 0;
    await room.settle();
    expect(bob.tracksFrom(ANN)).toEqual({ microphone: "audio" });
    expect(bob.callEvents).toHaveLength(1);
    ann.call.setTrack("camera", fakeTrack("video"));
    await room.settle();
    expect(bob.tracksFrom(ANN)).toEqual(BOTH);
    expect(bob.last.getTransceivers()).toHaveLength(2);
    expectNoFaults(ann, bob);
  });

  test("without x-tracks the names follow from the kinds", async () => {
    const room = new FakeRoom();
    const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
    room.isLost = ({ type }) => type === "x-tracks";
    ann.call.setTrack("one", fakeTrack("video"));
    ann.call.setTrack("two", fakeTrack("video"));
    ann.join();
    bob.join();
    await room.settle();
    expect(bob.tracksFrom(ANN)).toEqual({ camera: "video", "camera-1": "video" });
  });
});

describe("paths", () => {
  test("ICE restarts when a path fails", async () => {
    const { room, ann, bob } = await call();
    const before = ann.last.agreement;
    ann.last.setConnectionState("failed");
    bob.last.setConnectionState("failed");
    await room.settle();
    expectAgreement(ann, bob);
    expect(ann.last.agreement.local).not.toBe(before.local);
    expectNoFaults(ann, bob);
  });

  test("new TURN credentials restart ICE on relayed paths only", async () => {
    const { room, ann } = await call();
    const urls = ["turn:t.example"];
    ann.events.emit("ice-servers", [{ urls, username: "u", credential: "c", kind: "turn" }]);
    await room.settle();
    const iceServers = [{ urls, username: "u", credential: "c" }];
    expect(ann.last.configuration).toEqual({ iceServers });
    expect(ann.last.restarts).toBe(0);
    ann.last.stats = new Map<string, unknown>([
      ["T", { type: "transport", selectedCandidatePairId: "P" }],
      ["P", { id: "P", type: "candidate-pair", localCandidateId: "L" }],
      ["L", { id: "L", type: "local-candidate", candidateType: "relay" }],
    ]);
    ann.events.emit("ice-servers", []);
    await room.settle();
    expect(ann.last.restarts).toBe(1);
  });

  test("the caller's own servers are used beside the session's, now and later", async () => {
    const { room, ann } = await call();
    const own = { urls: ["stun:own.example"] };
    ann.iceServers = [{ urls: ["stun:s.example"], kind: "stun" }];
    ann.call.useOwnIceServers([own]);
    const both = { iceServers: [{ urls: ["stun:s.example"] }, own] };
    expect(ann.last.configuration).toEqual(both);
    room.newcomer(CEM).join();
    await room.settle();
    expect(ann.connections.map(({ configuration }) => configuration)).toEqual([both, both]);
    ann.events.emit("ice-servers", []);
    expect(ann.last.configuration).toEqual({ iceServers: [own] });
    expect(ann.last.restarts).toBe(0);
  });
});

describe("after a session that could not be resumed", () => {
  test.each(["overflow", "restarted"] as const)("%s: ICE is restarted", async (reason) => {
    const { room, ann, bob } = await call();
    const before = [ann.last, bob.last];
    const { local } = ann.last.agreement;
    ann.rejoin(reason);
    await room.settle();
    expect([ann.last, bob.last]).toEqual(before);
    expectAgreement(ann, bob);
    expect(ann.last.agreement.local).not.toBe(local);
  });

  test("overflow: members that left are dropped, and new ones get an offer", async () => {
    const { room, ann, bob } = await call();
    const cem = room.newcomer(CEM).join();
    room.remove(bob);
    ann.rejoin("overflow");
    cem.call.setTrack("camera", fakeTrack("video"));
    await room.settle();
    room.clock.advance(2);
    await room.settle();
    expect(ann.call.peers).toEqual([CEM]);
    expect(ann.tracksFrom(CEM)).toEqual({ camera: "video" });
  });

  test("rejoined: both sides replace their connections", async () => {
    const { room, ann, bob } = await call();
    const before = [ann.last, bob.last];
    ann.rejoin("rejoined");
    await room.settle();
    expect(before.map(({ signalingState }) => signalingState)).toEqual(["closed", "closed"]);
    expect([ann.connections.length, bob.connections.length]).toEqual([1, 1]);
    expectAgreement(ann, bob);
    expect(ann.tracksFrom(BOB)).toEqual(BOTH);
    expectNoFaults(ann, bob);
  });

  test.each(["offer", "answer"])("a lost %s is repaired", async (type) => {
    for (const who of ["ann", "bob"] as const) {
      const talk = await call();
      const { room, ann, bob } = talk;
      let left = 1;
      room.isLost = (message) => message.type === type && (left -= 1) >= 0;
      talk[who].call.setTrack("screen", fakeTrack("video"));
      await room.settle();
      expect(left).toBe(0);
      room.clock.advance(2);
      await room.settle();
      expectAgreement(ann, bob);
      const other = who === "ann" ? bob : ann;
      expect(other.tracksFrom(talk[who].id)).toEqual({ ...BOTH, screen: "video" });
      expectNoFaults(ann, bob);
    }
  });

  test("messages that the session doesn't accept are sent later", async () => {
    const { room, ann, bob } = await call();
    ann.isFull = true;
    ann.call.setTrack("screen", fakeTrack("video"));
    await room.settle();
    ann.isFull = false;
    room.clock.advance(2);
    await room.settle();
    expect(bob.tracksFrom(ANN)).toEqual({ ...BOTH, screen: "video" });
  });

  test("while all messages are lost, the attempts become rarer", async () => {
    const { room, ann } = await call();
    room.isLost = () => true;
    ann.call.setTrack("screen", fakeTrack("video"));
    for (let n = 0; n < 60; n += 1) {
      await room.settle();
      room.clock.advance(1);
    }
    const offers = room.relayed.filter((line) => line === `${ANN}: offer`);
    expect(offers).toHaveLength(5); // at once, and after 2, 4, 8, 16 s; the next delay is 30 s
  });
});

describe("state and channels", () => {
  test("x-state is sent to the room when it changes, and to newcomers", async () => {
    const { room, ann, bob } = await call();
    const state = { muted: true, camera: true, screen: false };
    ann.call.setState(state);
    await room.settle();
    expect(bob.call.states.get(ANN)).toEqual(state);
    expect(ann.call.states).toEqual(new Map());
    const cem = room.newcomer(CEM).join();
    await room.settle();
    expect(cem.call.states.get(ANN)).toEqual(state);
    room.remove(ann);
    await room.settle();
    expect(cem.call.states).toEqual(new Map());
  });

  test("an invalid x-state is ignored", async () => {
    const { room, ann, bob } = await call();
    for (const data of [null, 5, [], {}, { muted: 1, camera: true, screen: true }]) {
      ann.send({ type: "x-state", receiver: BOB, data });
    }
    await room.settle();
    expect(bob.call.states).toEqual(new Map());
  });

  test("both sides create the data channel, which suffices for a connection", async () => {
    const room = new FakeRoom();
    const [ann, bob] = [
      room.newcomer(ANN, { channel: "chat" }),
      room.newcomer(BOB, { channel: "chat" }),
    ];
    ann.join();
    bob.join();
    await room.settle();
    expectAgreement(ann, bob);
    for (const one of [ann, bob]) {
      expect(one.callEvents.filter(([name]) => name === "channel")).toHaveLength(1);
    }
  });

  test("a closed call does nothing", async () => {
    const { room, ann, bob } = await call();
    ann.call.close();
    bob.call.setTrack("screen", fakeTrack("video"));
    const said = room.relayed.length;
    await room.settle();
    expect(room.relayed.slice(said).filter((line) => line.startsWith(ANN))).toEqual([]);
    expect(ann.call.peers).toEqual([]);
    expect(ann.callEvents.at(-1)).toEqual(["peer", { id: BOB, state: "closed" }]);
  });
});

// Property: whatever changes, gets lost and is resumed, in the end all members receive all
// tracks.
test.each([...Array(40).keys()])("all members agree in the end (seed %d)", async (seed) => {
  const random = randomFrom(seed + 1);
  const room = new FakeRoom();
  const members = [ANN, BOB, CEM].map((id) => room.newcomer(id));
  const sent = new Map(members.map((one) => [one, new Map<string, string>()]));
  for (const one of members) {
    one.join();
    if (random(2) === 0) await room.settle();
  }
  const names = [
    ["microphone", "audio"],
    ["camera", "video"],
    ["screen", "video"],
  ] as const;
  for (let step = 0; step < 25; step += 1) {
    const one = members[random(members.length)];
    const [name, kind] = names[random(names.length)] ?? names[0];
    if (!one) continue;
    switch (random(8)) {
      case 0:
        one.rejoin((["overflow", "restarted", "rejoined"] as const)[random(3)] ?? "overflow");
        break;
      case 1:
        room.isLost = () => random(3) === 0;
        break;
      case 2:
        room.clock.advance(random(4));
        for (const connection of one.connections) {
          if (random(2) === 0) connection.setConnectionState("connected");
        }
        break;
      case 3:
        one.call.setTrack(name, null);
        sent.get(one)?.delete(name);
        break;
      default:
        one.call.setTrack(name, fakeTrack(kind));
        sent.get(one)?.set(name, kind);
    }
    if (random(3) === 0) await room.settle();
    else for (let n = random(4); n > 0; n -= 1) await new Promise(setImmediate);
  }
  room.isLost = () => false;
  for (let n = 0; n < 4; n += 1) {
    await room.settle();
    room.clock.advance(30);
  }
  await room.settle();
  for (const one of members) {
    for (const other of members) {
      if (one === other) continue;
      const wanted = Object.fromEntries(sent.get(other) ?? []);
      expect(one.tracksFrom(other.id)).toEqual(wanted);
    }
  }
});

describe("silenced members", () => {
  test("who has lost speak is silenced while the room is moderated", async () => {
    const { ann } = await call();
    const heard = (): unknown[] =>
      ann.callEvents.splice(0).flatMap(([name, event]) => (name === "silenced" ? [event] : []));
    const bob = { id: BOB, username: BOB, role: "guest" as const };
    const updated = (attributes: Record<string, string>): void => {
      ann.clients.set(BOB, { ...bob, attributes });
      ann.events.emit("client-updated", { ...bob, attributes });
    };
    updated({ speak: "no" });
    expect(heard()).toEqual([]);
    ann.attributes = { speak: "moderated" };
    ann.events.emit("room-updated", { locked: false, attributes: ann.attributes });
    expect(heard()).toEqual([{ id: BOB, silenced: true }]);
    updated({ speak: "no", hand: "1" });
    expect(heard()).toEqual([]);
    expect([...ann.call.silenced]).toEqual([BOB]);
    updated({});
    expect(heard()).toEqual([{ id: BOB, silenced: false }]);
    updated({ speak: "no" });
    ann.seeLeave(BOB, "left");
    expect(ann.call.silenced.size).toBe(0);
  });
});
