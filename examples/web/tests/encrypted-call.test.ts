import { describe, expect, test } from "vitest";
import type { CallOptions } from "../src/camus-client/call/call";
import { EncryptionError, newChallenge, RoomKey } from "../src/camus-client/encryption";
import type { SendableMessage } from "../src/camus-client/frames";
import type { MemberMessage } from "../src/camus-client/session-events";
import { fakeTrack } from "./fake-peer-connection";
import { FakeRoom } from "./fake-room";
import type { FakeMember } from "./fake-room";

const ANN = "a".repeat(32);
const BOB = "b".repeat(32);
const SECRET = "A".repeat(22);
const DESCRIPTIONS = ["offer", "answer", "icecandidate", "x-tracks"];

/** Delivers messages until a condition holds; encryption takes time. */
async function until(room: FakeRoom, condition: () => boolean): Promise<void> {
  while (!condition()) await room.settle();
}

/** A room, and the messages as the server sees them. */
function watchedRoom(): { room: FakeRoom; seen: SendableMessage[] } {
  const room = new FakeRoom();
  const seen: SendableMessage[] = [];
  room.isLost = (message) => {
    seen.push(message);
    return false;
  };
  return { room, seen };
}

const encrypted = async (secret = SECRET): Promise<CallOptions> => ({
  key: await RoomKey.from(secret, "lobby"),
});

const hasCamera = (one: FakeMember, from: string): boolean =>
  one.tracksFrom(from).camera === "video";

/** Returns two members that have agreed on a connection, each sending a camera. */
async function call() {
  const { room, seen } = watchedRoom();
  const options = await encrypted();
  const [ann, bob] = [room.newcomer(ANN, options), room.newcomer(BOB, options)];
  for (const one of [ann, bob]) one.call.setTrack("camera", fakeTrack("video"));
  ann.join();
  bob.join();
  await until(room, () => hasCamera(ann, BOB) && hasCamera(bob, ANN));
  return { room, seen, ann, bob };
}

/** Delivers a message as it would come from the server, whoever has made it. */
function inject(to: FakeMember, sender: string, message: SendableMessage): void {
  const received = JSON.parse(JSON.stringify({ ...message, sender })) as MemberMessage;
  to.events.emit("message", received);
}

const faults = ({ callEvents }: FakeMember): unknown[] =>
  callEvents.flatMap(([name, event]) => {
    if (name !== "failed") return [];
    const { error } = event as { error: unknown };
    return [error instanceof EncryptionError ? error.fault : error];
  });

describe("a call in an encrypted room", () => {
  test("connects, and the server sees no description, candidate or track", async () => {
    const { seen, ann, bob } = await call();
    const descriptions = seen.filter(({ type }) => DESCRIPTIONS.includes(type));
    expect(new Set(descriptions.map(({ type }) => type))).toEqual(new Set(DESCRIPTIONS));
    for (const { data } of descriptions as { data: unknown }[]) {
      const { sdp, candidate } = data as { sdp?: string; candidate?: string };
      expect(sdp ?? candidate ?? data).toMatch(/^camus-encrypted-1\.[A-Za-z0-9_-]+$/);
    }
    expect([faults(ann), faults(bob)]).toEqual([[], []]);
  });

  test("a member without the secret is not connected", async () => {
    const { room, ann } = await call();
    const eve = room.newcomer("e".repeat(32), await encrypted("B".repeat(22)));
    eve.call.setTrack("camera", fakeTrack("video"));
    eve.join();
    await until(room, () => faults(eve).length > 1); // offers of Ann and Bob
    room.clock.advance(2); // a newcomer without an offer makes its own
    await until(room, () => faults(ann).length > 0);
    expect(faults(eve)).toEqual(["unreadable", "unreadable"]);
    expect(faults(ann)).toEqual(["unreadable"]);
    expect(ann.tracksFrom(eve.id)).toEqual({});
  });

  test("without the key, a call connects with nobody", async () => {
    const { room, seen } = watchedRoom();
    room.isEncrypted = true;
    const [ann, bob] = [room.newcomer(ANN), room.newcomer(BOB)];
    for (const one of [ann, bob]) one.call.setTrack("camera", fakeTrack("video"));
    ann.join();
    bob.join();
    await room.settle();
    room.clock.advance(2);
    await room.settle();
    expect(seen).toEqual([]);
    expect([ann.call.peers, bob.call.peers]).toEqual([[], []]);
  });

  test("plain descriptions and candidates are not accepted, and reported once", async () => {
    const { room, ann } = await call();
    const before = ann.last.agreement;
    const offer = {
      type: "offer",
      receiver: ANN,
      data: { type: "offer", sdp: "v=0" },
    } as const;
    for (let n = 0; n < 3; n += 1) inject(ann, BOB, offer);
    inject(ann, BOB, { type: "icecandidate", receiver: ANN, data: null });
    inject(ann, BOB, { type: "x-tracks", receiver: ANN, data: {} });
    await until(room, () => faults(ann).length > 0);
    await room.settle();
    expect(faults(ann)).toEqual(["plain"]);
    expect(ann.last.agreement).toEqual(before);
    expect(hasCamera(ann, BOB)).toBe(true);
  });

  test("a message that is repeated is not accepted, then or after a reload", async () => {
    const { room, seen, ann, bob } = await call();
    const offer = seen.find(({ type, receiver }) => type === "offer" && receiver === BOB);
    expect(offer).toBeDefined();
    if (!offer) return;
    inject(bob, ANN, offer);
    await until(room, () => faults(bob).length > 0);
    expect(faults(bob)).toEqual(["replayed"]);
    bob.rejoin("rejoined");
    inject(bob, ANN, offer);
    await until(room, () => faults(bob).length > 1);
    await until(room, () => hasCamera(ann, BOB) && hasCamera(bob, ANN));
    expect(faults(bob)).toEqual(["replayed", "stale"]);
  });

  test.each(["overflow", "restarted"] as const)("goes on after %s", async (reason) => {
    const { room, ann, bob } = await call();
    const { signalingState } = bob.last;
    bob.rejoin(reason);
    bob.call.setTrack("screen", fakeTrack("video"));
    await until(room, () => ann.tracksFrom(BOB).screen === "video");
    ann.call.setTrack("screen", fakeTrack("video"));
    await until(room, () => bob.tracksFrom(ANN).screen === "video");
    expect(bob.last.signalingState).toBe(signalingState);
    expect([faults(ann), faults(bob)]).toEqual([[], []]);
    expect(bob.connections.length).toBe(1);
  });

  test("a challenge that is lost is sent again", async () => {
    const { room } = watchedRoom();
    const options = await encrypted();
    const [ann, bob] = [room.newcomer(ANN, options), room.newcomer(BOB, options)];
    ann.call.setTrack("camera", fakeTrack("video"));
    const { isLost } = room;
    room.isLost = ({ type }) => type === "x-encryption";
    ann.join();
    bob.join();
    await room.settle();
    expect(room.relayed.some((line) => line.endsWith("offer"))).toBe(false);
    room.isLost = isLost;
    room.clock.advance(2);
    await until(room, () => hasCamera(bob, ANN));
  });

  test("a challenge that the session doesn't take is sent later", async () => {
    const { room } = watchedRoom();
    const options = await encrypted();
    const [ann, bob] = [room.newcomer(ANN, options), room.newcomer(BOB, options)];
    ann.call.setTrack("camera", fakeTrack("video"));
    bob.isFull = true;
    ann.join();
    bob.join();
    await room.settle();
    bob.isFull = false;
    room.clock.advance(2);
    await until(room, () => hasCamera(bob, ANN));
  });

  test("a member that has lost its state unnoticed is met again", async () => {
    const { room, ann, bob } = await call();
    ann.rejoin("rejoined");
    bob.inFlight = bob.inFlight.filter(({ report }) => report); // Bob doesn't hear of it
    bob.rejoin("overflow");
    await room.settle();
    room.clock.advance(2); // Ann's challenge was lost, and she waits for an offer
    await until(room, () => hasCamera(ann, BOB) && hasCamera(bob, ANN));
    expect(bob.opener.made.length).toBe(2);
  });

  test("a member that leaves while its message is decrypted is not met again", async () => {
    const { room, ann, bob } = await call();
    const lost: SendableMessage[] = [];
    room.isLost = (message) => {
      lost.push(message);
      return true;
    };
    bob.call.setTrack("screen", fakeTrack("video"));
    await until(room, () => lost.some(({ type }) => type === "offer"));
    for (const message of lost) inject(ann, BOB, message);
    ann.seeLeave(BOB, "left");
    for (let n = 0; n < 10; n += 1) await room.settle();
    expect(ann.call.peers).toEqual([]);
  });

  test("what waits for a member's challenge is bounded", async () => {
    const { room } = watchedRoom();
    const ann = room.newcomer(ANN, await encrypted());
    const silent = room.newcomer(BOB); // it doesn't know of encryption
    ann.join();
    silent.join();
    await room.settle();
    for (let n = 0; n < 100; n += 1) ann.last.listener.candidate({ candidate: `${n}` });
    await room.settle();
    const sent = (): number => room.relayed.filter((line) => line.startsWith(ANN)).length;
    expect(sent()).toBe(1); // its challenge
    const data = { challenge: newChallenge() };
    inject(ann, BOB, { type: "x-encryption", receiver: ANN, data });
    await until(room, () => sent() >= 65);
    await room.settle();
    expect(sent()).toBe(65);
  });

  test("a message that the session doesn't take is sent again", async () => {
    const { room, ann, bob } = await call();
    ann.isFull = true;
    ann.call.setTrack("screen", fakeTrack("video"));
    await until(room, () => ann.last.signalingState === "have-local-offer");
    await room.settle();
    ann.isFull = false;
    room.clock.advance(2);
    await until(room, () => bob.tracksFrom(ANN).screen === "video");
    expect([faults(ann), faults(bob)]).toEqual([[], []]);
  });

  test("a description that is too long when it is encrypted is a failure", async () => {
    const { room, ann } = await call();
    const tooLong = new RangeError("too long");
    ann.send = ({ type }) => {
      if (type === "offer") throw tooLong;
      return true;
    };
    ann.call.setTrack("screen", fakeTrack("video"));
    await until(room, () => faults(ann).length > 0);
    expect(faults(ann)).toEqual([tooLong]);
  });

  test("a call that is closed decrypts nothing more", async () => {
    const { room, ann, seen } = await call();
    const count = seen.length;
    ann.call.close();
    inject(ann, BOB, { type: "x-tracks", receiver: ANN, data: {} });
    await room.settle();
    expect(faults(ann)).toEqual([]);
    expect(seen.length).toBe(count);
  });
});
