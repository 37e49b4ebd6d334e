import { describe, expect, test } from "vitest";
import { createRoom } from "../src/camus-client/directory";
import type { HandshakeRefusal } from "../src/camus-client/handshake-refusal";
import { handshakeRefusalIn } from "../src/camus-client/handshake-refusal";
import { Ended } from "../src/camus-client/session-events";
import { Conversation } from "./conversation";
import { FakeServer, JOINED } from "./fake-server";

const NOW = Date.UTC(2026, 0, 1);
const REFUSAL: HandshakeRefusal = { of: "address", retryAfter: 10 };

const refusalIn = (status: number, retryAfter?: string) =>
  handshakeRefusalIn(
    { status, headers: new Headers(retryAfter ? { "Retry-After": retryAfter } : {}) },
    NOW,
  );

test("the response to a handshake tells which limit was reached, and when to try again", () => {
  expect(refusalIn(429, "10")).toEqual(REFUSAL);
  expect(refusalIn(503, "7")).toEqual({ of: "server", retryAfter: 7 });
  expect(refusalIn(503, "Thu, 01 Jan 2026 00:00:30 GMT")).toEqual({
    of: "server",
    retryAfter: 30,
  });
  expect(refusalIn(429)).toEqual(REFUSAL);
  expect(refusalIn(429, "soon")).toEqual(REFUSAL);
  expect(refusalIn(429, "0")?.retryAfter).toBe(1);
  expect(refusalIn(429, "99999999")?.retryAfter).toBe(600);
  expect([101, 200, 403, 404, 426, 500].map((status) => refusalIn(status))).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});

/** Starts a session whose first handshake is refused for lack of capacity. */
async function startRefused(talk: Conversation): Promise<void> {
  void talk.session.join().catch(() => undefined);
  await Promise.resolve();
  await Promise.resolve();
  talk.server.last.close(1006, REFUSAL);
}

describe("a client whose handshake is refused", () => {
  test("reports that and the next attempt, and tries again by itself", async () => {
    const talk = new Conversation({ retriesFirstJoin: true });
    await startRefused(talk);
    expect(talk.session.status).toEqual({
      at: "away",
      code: 1006,
      handshakeRefusal: REFUSAL,
      nextTry: talk.clock.now() + 10.5,
    });
    talk.session.wake();
    expect(talk.server.connections.length).toBe(1);
    talk.clock.advance(10.5);
    talk.server.last.close(1006, REFUSAL);
    talk.clock.advance(10.5);
    talk.server.last.accept().admit();
    expect(talk.session.status.at).toBe("joined");
    expect(talk.session.joined).toEqual(JOINED);
  });

  test("ends with the refusal unless its caller wants to wait", async () => {
    const talk = new Conversation();
    await startRefused(talk);
    const end = { code: 1006, error: null, handshakeRefusal: REFUSAL };
    expect(talk.session.status).toEqual({ at: "ended", end });
  });

  test("waits as well if it joins too often, but not after a lasting refusal", async () => {
    const error = { code: "rate-limited", message: "too many joins", retry_after: 20 };
    const talk = new Conversation({ retriesFirstJoin: true });
    void talk.session.join().catch(() => undefined);
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.accept().send("error", error, { reply_to: "join" });
    expect(talk.session.status).toMatchObject({ at: "away", error });
    talk.clock.advance(20.5);
    const wrong = { code: "wrong-password", message: "no" };
    talk.server.last.accept().send("error", wrong, { reply_to: "join" });
    expect(talk.session.status).toEqual({ at: "ended", end: { code: 1000, error: wrong } });
  });

  test("waits for a room to open, and asks again every hour", async () => {
    const notOpen = (seconds: number) =>
      ({ code: "room-not-open", message: "not yet", retry_after: seconds }) as const;
    const talk = new Conversation({ retriesFirstJoin: true });
    void talk.session.join().catch(() => undefined);
    await Promise.resolve();
    await Promise.resolve();
    talk.server.last.accept().send("error", notOpen(3610), { reply_to: "join" });
    const nextTry = talk.clock.now() + 3600.5;
    expect(talk.session.status).toMatchObject({ at: "away", error: notOpen(3610), nextTry });
    talk.session.wake();
    expect(talk.server.connections.length).toBe(1);
    talk.clock.advance(3600.5);
    talk.server.last.accept().send("error", notOpen(9.5), { reply_to: "join" });
    talk.clock.advance(10);
    talk.server.last.accept().admit();
    expect(talk.session.status.at).toBe("joined");
  });

  test("resumes its session when the server has said, and not earlier", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.close(1006);
    talk.clock.advance(0.5);
    talk.server.last.close(1006, REFUSAL);
    expect(talk.session.status).toMatchObject({ at: "away", handshakeRefusal: REFUSAL });
    talk.clock.advance(10.4);
    expect(talk.server.connections.length).toBe(2);
    talk.clock.advance(0.2);
    expect(talk.server.connections.length).toBe(3);
  });

  test("doesn't fall back to the core profile", async () => {
    const talk = new Conversation({
      url: "ws://localhost/room/lobby/ws",
      retriesFirstJoin: true,
    });
    await startRefused(talk);
    expect(talk.server.connections.length).toBe(1);
    expect(talk.session.status).toMatchObject({ at: "away", handshakeRefusal: REFUSAL });
  });

  test("gets the refusal for a request without a room, too", async () => {
    const server = new FakeServer();
    const creating = createRoom("ws://localhost/ws", {}, server.open);
    server.last.close(1006, REFUSAL);
    const end = { code: 1006, error: null, handshakeRefusal: REFUSAL };
    await expect(creating).rejects.toMatchObject(new Ended(end));
    await expect(creating).rejects.toMatchObject({ end });
  });
});
