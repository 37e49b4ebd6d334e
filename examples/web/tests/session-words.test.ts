import { describe, expect, test } from "vitest";
import { GROUND_CONTROL, ROOM } from "../src/camus-client/generated";
import { Conversation } from "./conversation";
import { ME, TED } from "./fake-server";

const said = (text: string, from = "Ted") => ({ from, time: 1, text });
const ted = { id: TED, username: "Ted", role: "guest" } as const;

describe("the server's own words", () => {
  test("what the server says is no member's, whatever a member calls itself", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-joined", ted);
    talk.takeEvents();
    connection.send("text", said("Five minutes left.", GROUND_CONTROL));
    connection.send("x-quiz", 1);
    connection.relay(TED, "text", said("I am the server.", GROUND_CONTROL));
    expect(talk.takeEvents()).toMatchObject([
      ["server-message", { type: "text", data: { text: "Five minutes left." } }],
      ["server-message", { type: "x-quiz", data: 1 }],
      ["message", { sender: TED, data: { text: "I am the server." } }],
    ]);
    talk.clock.advance(2);
    expect(connection.received.at(-1)).toMatchObject({ type: "ack", data: { received: 4 } });
  });

  test("the reason of a moderator is the error with which the session ends", async () => {
    for (const [code, close] of [
      ["kicked", 4506],
      ["banned", 4507],
    ] as const) {
      const talk = new Conversation();
      const connection = await talk.join();
      const error = { code, message: "out", reason: "Be excellent." };
      connection.send("error", error).close(close);
      expect(talk.takeEvents()).toEqual([
        ["status", { at: "ended", end: { code: close, error } }],
      ]);
    }
  });

  test("an error that isn't the cause of the end is not taken for it", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("error", { code: "unknown-receiver", message: "gone" }).close(4505);
    expect(talk.session.status).toEqual({ at: "ended", end: { code: 4505, error: null } });
  });
});

describe("the history", () => {
  const history = [
    { sender: TED, id: "1", data: said("Bogus!") },
    { sender: TED, data: said("Excellent!") },
    { sender: ME, id: "1", data: said("Heinous!") },
  ];

  test("a late comer has the last texts, but those that were removed", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const connection = talk.server.last.accept().admit({ history });
    await joining;
    expect(talk.session.history).toEqual(history);
    talk.takeEvents();
    connection.relay(TED, "text-removed", { sender: ME });
    connection.send("text-removed", { sender: TED, id: "1" }, { receiver: ROOM });
    expect(talk.session.history).toEqual(history.slice(1));
    connection.send("text-removed", { sender: TED }, { receiver: ROOM });
    expect(talk.session.history).toEqual(history.slice(2));
    expect(talk.takeEvents()).toEqual([
      ["text-removed", { sender: TED, id: "1" }],
      ["text-removed", { sender: TED }],
    ]);
  });

  test("texts stay where a resumed session is told none", async () => {
    const talk = new Conversation();
    const joining = talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.accept().admit({ history });
    await joining;
    talk.server.last.close(1006);
    talk.session.reconnectNow();
    talk.server.last.accept().admit({ resumed: true, received: 0 });
    expect(talk.session.history).toEqual(history);
  });
});
