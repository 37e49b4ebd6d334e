import { describe, expect, test } from "vitest";
import { GROUND_CONTROL } from "../src/camus-client/generated";
import { Refused } from "../src/camus-client/requests";
import { Ended } from "../src/camus-client/session-events";
import { Conversation } from "./conversation";
import { ME, TED } from "./fake-server";
import type { FakeConnection } from "./fake-server";

const bill = { id: ME, username: "Bill" };
const ted = { id: TED, username: "Ted" };
const guest = (client: object) => ({ ...client, role: "guest" });
const room = (...clients: object[]) => ({ room_id: "lobby", clients });

const conversation = () =>
  new Conversation({ url: "ws://localhost/room/lobby/ws", join: { username: "Bill" } });

/** Joins a room of a server that refuses the handshake with camus.2. */
async function joinCore(talk: Conversation): Promise<FakeConnection> {
  const joining = talk.session.join();
  await Promise.resolve();
  await Promise.resolve();
  const connection = admit(talk);
  await joining;
  talk.takeEvents();
  return connection;
}

function admit(talk: Conversation): FakeConnection {
  talk.server.last.close(1006);
  const connection = talk.server.last.accept("").send("greeting", "hello");
  expect(connection.protocols).toEqual([]);
  expect(connection.receivedTypes).toEqual(["profile", "get-ice-servers", "get-room-info"]);
  return connection.send("ice-servers", []).send("room-info", room(bill));
}

describe("a server of the core profile", () => {
  test("looks like one of the session profile", async () => {
    const talk = conversation();
    const connection = await joinCore(talk);
    expect(talk.session.joined).toMatchObject({ id: ME, room_id: "lobby", capabilities: [] });
    connection.send("room-info", room(bill, ted));
    connection.send("room-info", room(bill, { ...ted, username: "Theodore" }));
    connection.relay(TED, "bye", 5);
    connection.send("room-info", room(bill));
    expect(talk.takeEvents()).toMatchObject([
      ["client-joined", guest(ted)],
      ["client-updated", guest({ ...ted, username: "Theodore" })],
      ["message", { sender: TED, type: "bye" }],
      ["client-left", { id: TED, reason: "gone" }],
    ]);
    talk.clock.advance(5);
    expect(connection.receivedTypes.includes("ack")).toBe(false);
  });

  test("replies to the requests that it supports", async () => {
    const talk = conversation();
    const connection = await joinCore(talk);
    const asked = talk.session.request({ type: "get-room-info", receiver: GROUND_CONTROL });
    connection.send("room-info", room(bill, ted));
    expect((await asked).data).toEqual(room(bill, ted));
    const receiver = GROUND_CONTROL;
    await talk.session.request({ type: "profile", receiver, data: { username: "William" } });
    await expect(talk.session.request({ type: "list-rooms", receiver })).rejects.toBeInstanceOf(
      Refused,
    );
  });

  test("an offer that arrives before the roster is kept until the client has joined", async () => {
    const talk = conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.close(1006);
    const connection = talk.server.last.accept("").send("greeting", "hello");
    connection.relay(TED, "offer", { type: "offer", sdp: "v=0" });
    connection.send("error", { code: "rate-limited", message: "later", retry_after: 9 });
    connection.send("room-info", room(bill, ted));
    await joining;
    expect(talk.takeEvents().map(([name]) => name)).toEqual([
      "status",
      "status",
      "entered",
      "message",
    ]);
  });

  test("a room that refuses the client ends the session", async () => {
    const talk = conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.close(1006);
    const error = { code: "password-required", message: "no" };
    talk.server.last.accept("").send("error", error).close(4502);
    await expect(joining).rejects.toEqual(new Refused(error));
  });

  test("the client is a newcomer after a lost connection", async () => {
    const talk = conversation();
    const connection = await joinCore(talk);
    const text = { type: "text", receiver: "room", data: { text: "hi" } } as const;
    talk.session.send(text);
    connection.close(1006);
    talk.session.send({ ...text, data: { text: "anybody?" } });
    talk.takeEvents();
    talk.clock.advance(0.5);
    admit(talk);
    expect(talk.takeEvents()).toMatchObject([
      ["status", { at: "joined" }],
      ["entered", { how: "rejoined", reason: "unknown" }],
      ["expired", [{ data: { text: "anybody?" } }]],
    ]);
  });

  test("TURN credentials are renewed before they expire", async () => {
    const talk = conversation();
    const connection = await joinCore(talk);
    const turn = (expiry: number) => [
      { urls: ["turn:t.example"], kind: "turn", username: `${expiry}:${ME}`, credential: "x" },
    ];
    connection.send("ice-servers", turn(talk.clock.now() + 1000));
    const asked = () =>
      connection.receivedTypes.filter((type) => type === "get-ice-servers").length;
    expect(asked()).toBe(1);
    for (let n = 0; n < 799; n += 9) {
      talk.clock.advance(9);
      connection.send("pong");
    }
    expect(asked()).toBe(2);
    connection.send("ice-servers", turn(1));
    expect(talk.session.iceServers).toEqual(turn(1));
  });
});

test("at /ws a server without camus.2 is not used", async () => {
  const talk = new Conversation();
  const joining = talk.session.join();
  await Promise.resolve();
  await Promise.resolve();
  talk.server.last.accept("");
  await expect(joining).rejects.toEqual(new Ended({ code: 1002, error: null }));
});

test("a server that has selected camus.2 once is never used without it", async () => {
  const talk = conversation();
  const connection = await talk.join();
  connection.close(1006);
  talk.clock.advance(0.5);
  talk.server.last.close(1006);
  expect(talk.server.connections.map(({ protocols }) => protocols)).toEqual([
    ["camus.2"],
    ["camus.2"],
  ]);
});
