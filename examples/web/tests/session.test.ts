import { describe, expect, test } from "vitest";
import { Refused, NoReply } from "../src/camus-client/requests";
import { Ended } from "../src/camus-client/session-events";
import { GROUND_CONTROL, LIMITS, ROOM } from "../src/camus-client/generated";
import type { Lost, Role } from "../src/camus-client/generated";
import { Conversation } from "./conversation";
import { JOINED, ME, TED } from "./fake-server";

const text = (line: string) =>
  ({ type: "text", receiver: ROOM, data: { text: line } }) as const;
const ted = { id: TED, username: "Ted", role: "guest" } as const;

describe("joining", () => {
  test("a session sends join and gets the roster", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    expect(connection.protocols).toEqual(["camus.2"]);
    expect(connection.received).toEqual([
      {
        type: "join",
        receiver: GROUND_CONTROL,
        id: "join",
        data: { room_id: "lobby", username: "Bill" },
      },
    ]);
    expect(talk.session.joined).toEqual(JOINED);
    expect([...talk.session.clients.keys()]).toEqual([ME]);
    expect(talk.session.status).toEqual({ at: "joined", id: ME, role: "guest" });
  });

  test("a room that refuses ends the session, with the error", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const error = { code: "wrong-password", message: "no" };
    talk.server.last.accept().send("error", error, { reply_to: "join" });
    await expect(joining).rejects.toEqual(new Refused(error));
    expect(talk.server.last.isAborted).toBe(true);
    expect(talk.session.status).toEqual({ at: "ended", end: { code: 1000, error } });
    expect(talk.clock.pendingTimers).toBe(0);
  });

  test("a failed first attempt is not repeated", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.close(1006);
    await expect(joining).rejects.toEqual(new Ended({ code: 1006, error: null }));
    expect(talk.server.connections.length).toBe(1);
  });

  test("joining fails if the server doesn't reply", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.accept();
    talk.clock.advance(15);
    await expect(joining).rejects.toBeInstanceOf(Ended);
    expect(talk.server.last.isAborted).toBe(true);
  });
});

describe("a locked room", () => {
  test("a waiting client is admitted however late, and replies to pings of the server", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const connection = talk.server.last.accept();
    connection.send("waiting", { room_id: "lobby" }, { reply_to: "join" });
    expect(talk.session.status).toEqual({ at: "waiting", isModerated: true });
    for (let minute = 0; minute < 4; minute += 1) {
      connection.send("ping", minute);
      talk.clock.advance(59);
    }
    expect(connection.receivedTypes).toEqual(["join", "pong", "pong", "pong", "pong"]);
    connection.admit({ locked: true });
    expect(await joining).toEqual({ ...JOINED, locked: true });
    expect(talk.server.connections.length).toBe(1);
  });

  test("a denied client is told so, and doesn't reconnect", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const error = { code: "denied", message: "no" };
    talk.server.last
      .accept()
      .send("waiting", { room_id: "lobby" }, { reply_to: "join" })
      .send("error", error, { reply_to: "join" });
    await expect(joining).rejects.toEqual(new Refused(error));
    expect(talk.session.status).toEqual({ at: "ended", end: { code: 1000, error } });
    expect(talk.clock.pendingTimers).toBe(0);
  });

  test("a waiting client reconnects when the server falls silent, and has its turn back", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const waiting = { room_id: "lobby", moderated: false, session: "turn" };
    talk.server.last.accept().send("waiting", waiting, { reply_to: "join" });
    talk.clock.advance(60.5);
    expect(talk.server.connections.map(({ isAborted: isCut }) => isCut)).toEqual([true, false]);
    talk.server.last.accept().send("waiting", waiting, { reply_to: "join" });
    const resume = { session: "turn" };
    expect(talk.server.last.received[0]).toMatchObject({ type: "join", data: { resume } });
    expect(talk.session.status).toEqual({ at: "waiting", isModerated: false });
    talk.server.last.admit();
    expect(await joining).toEqual(JOINED);
  });

  test("a moderator is told of waiting clients, of the lock and of a new name", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection
      .send("client-updated", { id: ME, username: "Bill", role: "moderator" })
      .send("client-waiting", { id: TED, username: "Ted" })
      .send("room-updated", { locked: true, name: "Circle K" });
    expect([...talk.session.waiting.values()]).toEqual([{ id: TED, username: "Ted" }]);
    expect(talk.session.joined?.locked).toBe(true);
    expect(talk.session.roomName).toBe("Circle K");
    connection.send("client-waiting-left", { id: TED });
    expect([...talk.session.waiting]).toEqual([]);
    expect(talk.takeEvents().slice(1)).toEqual([
      ["client-waiting", { id: TED, username: "Ted" }],
      ["room-updated", { locked: true, name: "Circle K" }],
      ["client-waiting-left", { id: TED }],
    ]);
  });

  test("a former moderator sees no waiting clients", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const waiting = [{ id: TED, username: "Ted" }];
    connection.close(1006);
    talk.clock.advance(0.5);
    talk.server.last.accept().admit({ role: "moderator", waiting });
    expect([...talk.session.waiting.values()]).toEqual(waiting);
    talk.server.last.send("client-updated", { id: ME, username: "Bill", role: "guest" });
    expect([...talk.session.waiting]).toEqual([]);
  });

  test("a request of a moderator is fulfilled or refused", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const kick = { type: "kick", receiver: GROUND_CONTROL, data: { id: TED } } as const;
    const done = talk.session.request(kick);
    connection.send("done", null, { reply_to: "request-1" });
    expect((await done).type).toBe("done");
    const refused = talk.session.request(kick);
    const error = { code: "not-allowed", message: "no" };
    connection.send("error", error, { reply_to: "request-2" });
    await expect(refused).rejects.toEqual(new Refused(error));
  });
});

describe("received messages", () => {
  test("deltas update the roster", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-joined", ted);
    expect([...talk.session.clients.values()]).toEqual([...(JOINED.clients ?? []), ted]);
    connection.send("client-updated", { ...ted, username: "Theodore" });
    connection.send("client-left", { id: TED, reason: "left" });
    expect([...talk.session.clients.keys()]).toEqual([ME]);
    expect(talk.takeEvents()).toEqual([
      ["client-joined", ted],
      ["client-updated", { ...ted, username: "Theodore" }],
      ["client-left", { id: TED, reason: "left" }],
    ]);
  });

  test("words of a newer server are taken for known ones", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection
      .send("client-joined", { ...ted, role: "speaker" })
      .send("client-updated", { ...ted, username: "Theodore", role: "" })
      .send("undeliverable", { receiver: TED, reason: "muted" })
      .send("client-left", { id: TED, reason: "moved" });
    expect(talk.takeEvents()).toEqual([
      ["client-joined", ted],
      ["client-updated", { ...ted, username: "Theodore" }],
      ["undeliverable", { receiver: TED, reason: "gone", id: null }],
      ["client-left", { id: TED, reason: "gone" }],
    ]);
  });

  test("a newer server's role and reason in joined are taken for known ones", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.close(1006);
    talk.clock.advance(1);
    talk.server.last.accept().admit({
      role: "speaker" as Role,
      reason: "moved" as Lost,
      clients: [{ id: ME, username: "Bill", role: "speaker" as Role }],
    });
    expect(talk.session.clients.get(ME)?.role).toBe("guest");
    expect(talk.session.status).toEqual({ at: "joined", id: ME, role: "guest" });
    expect(talk.takeEvents()).toContainEqual([
      "entered",
      { how: "rejoined", reason: "unknown", sameId: true },
    ]);
  });

  test("messages of a peer that poses as the server are ignored", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-joined", ted);
    talk.takeEvents();
    connection.relay(TED, "client-left", { id: ME, reason: "left" });
    connection.relay(TED, "ice-servers", [{ urls: ["turn:evil.example"] }]);
    connection.relay(TED, "ack", { received: 7 });
    expect(talk.takeEvents()).toEqual([]);
    expect([...talk.session.clients.keys()]).toEqual([ME, TED]);
    expect(talk.session.iceServers).toEqual([]);
  });

  test("an unknown client's messages are ignored until it has sent an offer", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const candidate = { candidate: "" };
    connection.relay(TED, "icecandidate", candidate);
    expect(talk.takeEvents()).toEqual([]);
    connection.relay(TED, "offer", { type: "offer", sdp: "v=0" });
    connection.relay(TED, "icecandidate", candidate);
    const types = talk.takeEvents().map(([, event]) => (event as { type: string }).type);
    expect(types).toEqual(["offer", "icecandidate"]);
  });

  test("pings of the server are answered, those of peers are passed on", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("ping", 5);
    expect(connection.received.slice(1)).toEqual([
      { type: "pong", receiver: GROUND_CONTROL, data: 5 },
    ]);
    connection.send("client-joined", ted).relay(TED, "ping", 6);
    expect(talk.takeEvents().map(([name]) => name)).toEqual(["client-joined", "message"]);
  });
});

describe("counting", () => {
  test("an ack follows after two seconds, if there is anything to acknowledge", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-joined", ted).send("ping").send("something-new");
    connection.send("pong", null, { receiver: 5 }); // not counted, though it can't be read
    talk.clock.advance(1.9);
    expect(connection.receivedTypes).toEqual(["join", "pong"]);
    talk.clock.advance(0.2);
    expect(connection.received.at(-1)).toEqual({
      type: "ack",
      receiver: GROUND_CONTROL,
      data: { received: 2 },
    });
    talk.clock.advance(10);
    expect(connection.receivedTypes).toEqual(["join", "pong", "ack"]);
  });

  test("a message of a newer server is counted and not shown", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("new", { id: TED });
    talk.clock.advance(2);
    expect(connection.received.at(-1)).toEqual({
      type: "ack",
      receiver: GROUND_CONTROL,
      data: { received: 1 },
    });
    expect(talk.takeEvents()).toEqual([]);
  });

  test("an ack is sent at once after 32 frames, and after 64 KiB", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    for (let n = 0; n < 31; n += 1) connection.send("client-updated", ted);
    expect(connection.receivedTypes).toEqual(["join"]);
    connection.send("client-updated", ted);
    expect(connection.receivedTypes).toEqual(["join", "ack"]);
    connection.send("x", "\u00e9".repeat(32_768));
    expect(connection.received.at(-1)).toMatchObject({ data: { received: 33 } });
  });

  test("unconfirmed messages are sent again, in order, on the next connection", async () => {
    const talk = new Conversation();
    const first = await talk.join();
    for (const line of ["one", "two", "three"]) talk.session.send(text(line));
    first.send("ack", { received: 1 }).send("client-joined", ted);
    first.close(1006);
    talk.session.send(text("four"));
    talk.takeEvents();
    talk.clock.advance(0.5);
    const second = talk.server.last.accept();
    expect(second.received.at(-1)).toMatchObject({
      data: {
        room_id: "lobby",
        username: "Bill",
        resume: { session: "first-session", received: 1 },
      },
    });
    second.admit({ resumed: true, received: 2, clients: null });
    expect(second.received.slice(1)).toEqual([text("three"), text("four")]);
    expect([...talk.session.clients.keys()]).toEqual([ME, TED]);
    expect(talk.takeEvents()).toEqual([
      ["status", { at: "joined", id: ME, role: "guest" }],
      ["entered", { how: "resumed" }],
    ]);
  });

  test("a count mismatch ends the session", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("ack", { received: 1 });
    expect(connection.isAborted).toBe(true);
    expect(talk.session.status).toEqual({ at: "ended", end: { code: 1002, error: null } });
  });

  test("the number of unconfirmed messages is limited", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    for (let n = 0; n < LIMITS.unconfirmed_frames; n += 1)
      expect(talk.session.send(text("."))).toBe(true);
    expect(talk.session.send(text("."))).toBe(false);
    connection.send("ack", { received: 1 });
    expect(talk.session.send(text("."))).toBe(true);
  });

  test("sending a message longer than the server accepts throws", async () => {
    const talk = new Conversation();
    await talk.join();
    expect(() => talk.session.send(text("x".repeat(65_536)))).toThrow(RangeError);
  });
});

describe("reconnecting", () => {
  test("a session that can't be resumed hands back the unconfirmed messages", async () => {
    const talk = new Conversation();
    const first = await talk.join();
    talk.session.send(text("one"));
    talk.session.send(text("two"));
    talk.session.send({ type: "ping", receiver: TED });
    first.close(1006);
    talk.clock.advance(0.5);
    talk.takeEvents();
    const second = talk.server.last.accept();
    second.admit({ reason: "overflow", received: 1, session: "second-session" });
    expect(talk.takeEvents()).toEqual([
      ["status", { at: "joined", id: ME, role: "guest" }],
      ["entered", { how: "rejoined", reason: "overflow", sameId: true }],
      ["expired", [text("two")]],
    ]);
    expect(second.receivedTypes).toEqual(["join"]);
    second.send("client-joined", ted).close(1006);
    talk.clock.advance(1);
    expect(talk.server.last.accept().received[0]).toMatchObject({
      data: { resume: { session: "second-session", received: 1 } },
    });
  });

  test("the delays grow with each attempt, and a stable connection resets them", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.close(1006);
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const status = talk.session.status;
      if (status.at !== "away") throw new Error(status.at);
      waits.push(status.nextTry - talk.clock.now());
      talk.clock.advance(waits[n] ?? 0);
      talk.server.last.close(1006);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
    talk.clock.advance(30);
    const steady = talk.server.last.accept().admit({ resumed: true, received: 0 });
    talk.clock.advance(11);
    steady.close(4000);
    expect(talk.session.status).toMatchObject({ nextTry: talk.clock.now() + 0.5 });
  });

  test.each([1000, 1002, 1003, 1007, 1009, 4500, 4501, 4502, 4504, 4505, 4999])(
    "%d ends the session",
    async (code) => {
      const talk = new Conversation();
      const connection = await talk.join();
      connection.close(code);
      expect(talk.session.status).toEqual({ at: "ended", end: { code, error: null } });
      expect(talk.clock.pendingTimers).toBe(0);
      expect(talk.session.send(text("late"))).toBe(false);
    },
  );

  test("going-away sets the delay", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("going-away", { reconnect_in: 0.75 }).close(1012);
    expect(talk.session.status).toMatchObject({ nextTry: talk.clock.now() + 0.75 });
    talk.clock.advance(0.75);
    talk.server.last.close(1006);
    expect(talk.session.status).toMatchObject({ nextTry: talk.clock.now() + 1 });
  });

  test("retry_after sets the delay after a closed connection and after a refused join", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const error = { code: "unavailable", message: "later", retry_after: 7 };
    connection.send("error", error).close(4003);
    expect(talk.session.status).toMatchObject({ nextTry: talk.clock.now() + 7.5 });
    talk.clock.advance(7.5);
    const refusal = { ...error, retry_after: 3 };
    talk.server.last.accept().send("error", refusal, { reply_to: "join" });
    expect(talk.session.status).toMatchObject({ nextTry: talk.clock.now() + 3.5 });
    talk.clock.advance(3.5);
    const last = { code: "room-full", message: "full" };
    talk.server.last.accept().send("error", last, { reply_to: "join" });
    expect(talk.session.status).toMatchObject({ at: "ended", end: { error: last } });
  });

  test("the session gives up after the time that its caller has set", async () => {
    const talk = new Conversation({ reconnect: { giveUpAfter: 3 } });
    const connection = await talk.join();
    connection.close(1006);
    talk.clock.advance(0.5);
    talk.server.last.close(1006);
    talk.clock.advance(1);
    talk.server.last.close(1006);
    expect(talk.session.status).toMatchObject({ at: "ended", end: { code: 1006 } });
  });

  test("reconnectNow skips the delay", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.close(1006);
    talk.session.reconnectNow();
    talk.session.reconnectNow();
    expect(talk.server.connections.length).toBe(2);
    talk.clock.advance(0.5);
    expect(talk.server.connections.length).toBe(2);
  });

  test("a silent server is pinged, then the connection is ended", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    talk.clock.advance(20);
    expect(connection.received.slice(1)).toEqual([{ type: "ping", receiver: GROUND_CONTROL }]);
    connection.send("pong");
    talk.clock.advance(39.9);
    expect(talk.session.status.at).toBe("joined");
    talk.clock.advance(0.2);
    expect(connection.isAborted).toBe(true);
    expect(talk.session.status).toMatchObject({ at: "away", code: 1006 });
  });
});

describe("requests", () => {
  test("a reply settles its request", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const asked = talk.session.request({ type: "list-rooms", receiver: GROUND_CONTROL });
    const { id } = connection.received.at(-1) ?? {};
    connection.send("rooms", [], { reply_to: id });
    expect((await asked).data).toEqual([]);
    expect(talk.takeEvents()).toEqual([]);
  });

  test("a refusal rejects its request; any other refusal is an event", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    const profile = {
      type: "profile",
      receiver: GROUND_CONTROL,
      data: { username: "" },
    } as const;
    const asked = talk.session.request(profile);
    const { id } = connection.received.at(-1) ?? {};
    const error = { code: "invalid-username", message: "no" };
    connection.send("error", error, { reply_to: id });
    await expect(asked).rejects.toEqual(new Refused(error));
    connection.send("error", error, { reply_to: "hello" });
    expect(talk.takeEvents()).toEqual([["refused", { error, id: "hello" }]]);
  });

  test("a request is sent again with a resumed session, or rejected", async () => {
    const talk = new Conversation();
    const first = await talk.join();
    const asked = talk.session.request({ type: "list-rooms", receiver: GROUND_CONTROL });
    first.close(1006);
    talk.clock.advance(0.5);
    const second = talk.server.last.accept().admit({ resumed: true, received: 0 });
    expect(second.receivedTypes).toEqual(["join", "list-rooms"]);
    second.close(1006);
    talk.clock.advance(1);
    talk.takeEvents();
    talk.server.last.accept().admit({ reason: "restarted" });
    await expect(asked).rejects.toBeInstanceOf(NoReply);
    expect(talk.takeEvents().map(([name]) => name)).toEqual(["status", "entered"]);
  });
});

describe("leaving", () => {
  test("bye follows earlier messages, and the session doesn't reconnect", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    talk.session.send(text("farewell"));
    const left = talk.session.leave();
    expect(connection.receivedTypes).toEqual(["join", "text", "bye"]);
    expect(talk.session.send(text("late"))).toBe(false);
    connection.close(1000);
    await left;
    expect(talk.takeEvents()).toEqual([
      ["status", { at: "ended", end: { code: 1000, error: null } }],
    ]);
    expect(talk.clock.pendingTimers).toBe(0);
    expect(talk.server.connections.length).toBe(1);
  });

  test("leaving doesn't wait for the server, and reports unconfirmed messages", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    talk.session.send(text("farewell"));
    const left = talk.session.leave();
    talk.clock.advance(2);
    await left;
    expect(connection.isAborted).toBe(true);
    expect(talk.takeEvents()).toEqual([
      ["expired", [text("farewell")]],
      ["status", { at: "ended", end: { code: 1000, error: null } }],
    ]);
  });

  test("leaving while away stops reconnecting", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.close(1006);
    await talk.session.leave();
    talk.clock.advance(60);
    expect(talk.server.connections.length).toBe(1);
  });

  test("leaving while joining ends the connection", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.accept();
    await talk.session.leave();
    await expect(joining).rejects.toBeInstanceOf(Ended);
    expect(talk.server.last.isAborted).toBe(true);
    expect(talk.clock.pendingTimers).toBe(0);
  });
});
