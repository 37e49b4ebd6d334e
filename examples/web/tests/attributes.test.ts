// Attributes and requests to mute: the state of a session, and what it says again.

import { describe, expect, test } from "vitest";
import { maySpeak, nextHand, raisedHands, saidAgain } from "../src/camus-client/attributes";
import type { Attributes } from "../src/camus-client/attributes";
import { GROUND_CONTROL } from "../src/camus-client/generated";
import type { JoinedBody, Lost, SessionClient } from "../src/camus-client/generated";
import { Conversation } from "./conversation";
import { JOINED, ME, TED } from "./fake-server";
import type { FakeConnection } from "./fake-server";

const CAPABILITIES = ["attributes", "request-mute", "resume"];

const me: SessionClient = { id: ME, username: "Bill", role: "guest" };
const ted: SessionClient = { id: TED, username: "Ted", role: "guest" };

const having = (client: SessionClient, attributes: Attributes): SessionClient => ({
  ...client,
  attributes,
});

/** Returns the data and the id of each `set-attributes` that a connection has received. */
const requests = (connection: FakeConnection): { data: unknown; id: unknown }[] =>
  connection.received.flatMap((message) =>
    message.type === "set-attributes" ? [{ data: message.data, id: message.id }] : [],
  );

describe("attributes", () => {
  test("attributes are kept current", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    expect(talk.session.attributes).toEqual({});
    const raised = having(ted, { hand: "1" });
    connection.send("client-joined", ted).send("client-updated", raised);
    connection.send("room-updated", { locked: true, attributes: { layout: "grid" } });
    connection.send("room-updated", { locked: false });
    expect(talk.session.attributes).toEqual({ layout: "grid" });
    expect(talk.session.clients.get(TED)).toEqual(raised);
    connection.close(1006);
    talk.clock.advance(1);
    talk.server.last.accept().admit({ resumed: true, received: 0 });
    expect(talk.session.attributes).toEqual({ layout: "grid" });
    talk.server.last.send("room-updated", { locked: false, attributes: {} });
    expect(talk.session.attributes).toEqual({});
  });

  test("attributes are said again after a restart", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-updated", having(me, { hand: "1", speak: "no" }));
    talk.takeEvents();
    let previous = connection;
    for (const attempt of [1, 2]) {
      previous.close(1006); // the second time before the server has answered
      talk.clock.advance(2);
      previous = talk.server.last.accept();
      previous.admit({ reason: "restarted", capabilities: CAPABILITIES });
      expect(requests(previous), `attempt ${attempt}`).toEqual([
        { data: { attributes: { hand: "1" } }, id: expect.any(String) as string },
      ]);
    }
    const [{ id } = { id: null }] = requests(previous);
    talk.takeEvents();
    previous.send("error", { code: "rate-limited", message: "" }, { reply_to: id });
    expect(talk.takeEvents()).toEqual([]);
  });

  const again = (
    changes: Partial<JoinedBody>,
    { own = {}, room = {}, before = [] as SessionClient[] } = {},
  ): [string, unknown][] =>
    saidAgain(
      { own, room, clients: new Map(before.map((client) => [client.id, client])) },
      { ...JOINED, capabilities: CAPABILITIES, ...changes },
    ).map(({ type, data }) => [type, data]);

  test.each<Lost>(["restarted", "rejoined", "unknown"])(
    "only what is missing is said again (%s)",
    (reason) => {
      const own = { hand: "1", toString: "x" };
      expect(again({ reason }, { own })).toEqual([["set-attributes", { attributes: own }]]);
      const clients = [having(me, { hand: "2" })];
      expect(again({ reason, clients }, { own })).toEqual([
        ["set-attributes", { attributes: { toString: "x" } }],
      ]);
    },
  );

  test("nothing is said again that the server has kept or doesn't know", () => {
    const own = { hand: "1" };
    expect(again({ reason: "overflow" }, { own })).toEqual([]);
    expect(again({ resumed: true }, { own })).toEqual([]);
    expect(again({ reason: "restarted", capabilities: ["resume"] }, { own })).toEqual([]);
  });

  test("after an overflow the roster says what is a client's own", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-updated", having(me, { hand: "1" }));
    connection.close(1006);
    talk.clock.advance(1);
    talk.server.last.accept().admit({ reason: "overflow", capabilities: CAPABILITIES });
    talk.server.last.close(1006);
    talk.clock.advance(2);
    talk.server.last.accept().admit({ reason: "restarted", capabilities: CAPABILITIES });
    expect(talk.server.last.receivedTypes).toContain("join");
    expect(requests(talk.server.last)).toEqual([]);
  });

  test("a moderator says again what the room has, and who has lost speak", () => {
    const room = { speak: "moderated" };
    const before = [having(ted, { speak: "no" })];
    const restarted = { reason: "restarted" as const, clients: [me, ted] };
    expect(again(restarted, { room, before })).toEqual([]);
    const asModerator = { ...restarted, role: "moderator" as const };
    expect(again({ ...asModerator, reason: "unknown" }, { room, before })).toEqual([]);
    expect(again(asModerator, { room, before })).toEqual([
      ["set-room-attributes", { attributes: room }],
      ["set-attributes", { attributes: { speak: "no" }, id: TED }],
    ]);
    const others = { attributes: { layout: "grid" }, clients: [having(ted, { speak: "" })] };
    expect(again({ ...asModerator, ...others }, { room, before })).toEqual([]);
    const equal = { clients: [{ ...ted, role: "moderator" as const }] };
    expect(again({ ...asModerator, ...equal }, { before })).toEqual([]);
  });

  test("hands are in order, and the next one is last", () => {
    const values = ["7", "", "2", "2", "-1", "1e3", "1".repeat(16), "007", "x"];
    const roster = values.map((hand, at) => having({ ...ted, id: String(at) }, { hand }));
    expect(raisedHands(roster).map(({ id }) => id)).toEqual(["2", "3", "0", "7"]);
    expect(nextHand(roster)).toBe("8");
    expect([nextHand([]), nextHand([ted])]).toEqual(["1", "1"]);
    expect(nextHand([having(ted, { hand: "9".repeat(15) })])).toBe("9".repeat(15));
  });
});

describe("speaking", () => {
  test("only moderators are believed to ask for muting", async () => {
    const talk = new Conversation();
    const connection = await talk.join();
    connection.send("client-joined", ted);
    talk.takeEvents();
    const asks = (by: string): void => {
      connection.send("mute-requested", { by, kind: "audio" });
    };
    asks(TED);
    asks("nobody");
    connection.relay(TED, "mute-requested", { by: GROUND_CONTROL, kind: "audio" });
    expect(talk.takeEvents()).toEqual([]);
    asks(GROUND_CONTROL);
    connection.send("client-updated", { ...ted, role: "moderator" });
    asks(TED);
    const events = talk.takeEvents().filter(([name]) => name === "mute-requested");
    expect(events.map(([, event]) => event)).toEqual([
      { by: GROUND_CONTROL, kind: "audio" },
      { by: TED, kind: "audio" },
    ]);
  });

  test("in a moderated room members that have lost speak are silent", () => {
    const silenced = having(ted, { speak: "no" });
    const moderated = { speak: "moderated" };
    expect(maySpeak(silenced, moderated)).toBe(false);
    expect(maySpeak(ted, moderated)).toBe(true);
    expect(maySpeak(having(ted, { speak: "yes" }), moderated)).toBe(true);
    expect(maySpeak(silenced, {})).toBe(true);
    expect(maySpeak(silenced, { speak: "on" })).toBe(true);
  });
});
