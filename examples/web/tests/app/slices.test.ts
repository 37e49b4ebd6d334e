import { describe, expect, test } from "vitest";
import { endReasonOf, moderatorsWordsOf } from "../../src/features/call/end-reasons";
import {
  arrived,
  joining,
  lockChanged,
  roomOpened,
  sessionEnded,
  sessionReducer,
} from "../../src/features/call/session-slice";
import {
  chatReducer,
  historyReceived,
  messageReceived,
  messagesFailed,
  textsRemoved,
} from "../../src/features/chat/chat-slice";
import type { ChatMessage } from "../../src/features/chat/chat-slice";
import { dismissed, noticed, noticesReducer } from "../../src/features/notices/notices-slice";
import {
  memberStateChanged,
  memberJoined,
  memberLeft,
  peopleReducer,
  permissionsOver,
  rosterReplaced,
} from "../../src/features/people/people-slice";
import { panelShown, stageReducer, tilesSwapped } from "../../src/features/stage/stage-slice";
import type { WhichTextBody } from "../../src/camus-client";
import { en } from "../../src/texts/en";

type Action = Parameters<typeof sessionReducer>[1];

function after<State>(
  reducer: (state: State | undefined, action: Action) => State,
  ...actions: Action[]
): State {
  return actions.reduce<State>(reducer, reducer(undefined, { type: "start" }));
}

const ted = { id: "ted", username: "Ted", mark: null, role: "guest" } as const;
const line = (change: Partial<ChatMessage>): ChatMessage => ({
  id: "1",
  isMine: false,
  sender: "ted",
  from: "Ted",
  mark: null,
  time: 0,
  text: "hi",
  state: "sent",
  ...change,
});

describe("the session", () => {
  const inside = arrived({ me: "me", role: "owner", isLocked: false, capabilities: [] });

  test("a client that is refused may try again, and sees the reason", () => {
    const state = after(
      sessionReducer,
      roomOpened("lobby"),
      joining(),
      sessionEnded("wrong-password"),
    );
    expect(state.presence).toEqual({ at: "outside", refusal: "wrong-password" });
    expect(state.roomId).toBe("lobby");
  });

  test("a client that was in the room sees the reason for the end", () => {
    const state = after(sessionReducer, roomOpened("lobby"), inside, sessionEnded("kicked"));
    expect(state.presence).toEqual({ at: "ended", reason: "kicked", words: null });
  });

  test("a denied client sees that, one that stopped waiting does not", () => {
    const denied = after(sessionReducer, roomOpened("lobby"), sessionEnded("denied"));
    const gaveUp = after(sessionReducer, roomOpened("lobby"), sessionEnded("left"));
    expect(denied.presence).toEqual({ at: "ended", reason: "denied", words: null });
    expect(gaveUp.presence).toEqual({ at: "outside", refusal: null });
  });

  test("a client that was turned away with words of a moderator sees them", () => {
    const error = { code: "banned", message: "", reason: "Be excellent." };
    const words = moderatorsWordsOf({ code: 1000, error });
    const state = after(sessionReducer, roomOpened("lobby"), sessionEnded("banned", words));
    expect(state.presence).toEqual({ at: "ended", reason: "banned", words: "Be excellent." });
    expect(moderatorsWordsOf({ code: 4506, error: null })).toBe(null);
    const long = { ...error, reason: "a".repeat(5000) };
    expect(moderatorsWordsOf({ code: 4507, error: long })).toBe("a".repeat(200));
  });

  test("another room resets the state", () => {
    const state = after(sessionReducer, inside, lockChanged(true), roomOpened("other"));
    expect(state).toEqual(after(sessionReducer, roomOpened("other")));
  });

  test("every end of a session has a reason", () => {
    const error = (code: string) => ({ code, message: "" });
    expect(endReasonOf({ code: 1000, error: null })).toBe("left");
    expect(endReasonOf({ code: 1000, error: error("room-full") })).toBe("room-full");
    expect(endReasonOf({ code: 4506, error: null })).toBe("kicked");
    expect(endReasonOf({ code: 4508, error: null })).toBe("room-ended");
    expect(endReasonOf({ code: 1000, error: error("room-ended") })).toBe("room-ended");
    expect(endReasonOf({ code: 1000, error: error("room-not-open") })).toBe("room-not-open");
    expect(endReasonOf({ code: 1000, error: error("rate-limited") })).toBe("too-often");
    const handshakeRefusal = { of: "address", retryAfter: 10 } as const;
    expect(endReasonOf({ code: 1006, error: null, handshakeRefusal })).toBe("address-full");
    expect(endReasonOf({ code: 1006, error: null })).toBe("unreachable");
    expect(endReasonOf({ code: 1000, error: error("of-tomorrow") })).toBe("not-allowed");
  });
});

describe("people", () => {
  test("a new roster keeps the state of present members, and drops the others", () => {
    const announced = { muted: true, camera: false, screen: false };
    const state = after(
      peopleReducer,
      rosterReplaced([ted, { ...ted, id: "bob" }]),
      memberStateChanged({ id: "ted", state: announced }),
      rosterReplaced([{ ...ted, role: "moderator" }]),
    );
    expect(state.members).toEqual([
      { ...ted, role: "moderator", state: announced, connection: null, tracks: [] },
    ]);
  });

  test("a role has permissions over lower ranks only", () => {
    const nothing = { mayRemove: false, grant: null };
    expect(permissionsOver("owner", "moderator")).toEqual({ mayRemove: true, grant: "guest" });
    expect(permissionsOver("owner", "guest")).toEqual({ mayRemove: true, grant: "moderator" });
    expect(permissionsOver("moderator", "guest")).toEqual({
      mayRemove: true,
      grant: "moderator",
    });
    expect(permissionsOver("moderator", "moderator")).toEqual(nothing);
    expect(permissionsOver("moderator", "owner")).toEqual(nothing);
    expect(permissionsOver("guest", "guest")).toEqual(nothing);
  });
});

describe("the chat", () => {
  test("others' messages are unread until the chat is open", () => {
    const actions = [messageReceived(line({ id: "1" })), messageReceived(line({ id: "2" }))];
    expect(after(chatReducer, ...actions).unread).toBe(2);
    expect(after(chatReducer, ...actions, panelShown("chat")).unread).toBe(0);
    expect(after(chatReducer, panelShown("chat"), ...actions).unread).toBe(0);
    expect(after(chatReducer, ...actions, panelShown("people")).unread).toBe(2);
  });

  test("an own message appears once, and is sent when it comes back, behind earlier ones", () => {
    const mine = line({ isMine: true, from: "Bill", state: "sending" });
    const state = after(
      chatReducer,
      messageReceived(mine),
      messageReceived(line({ id: "other" })),
      messageReceived({ ...mine, state: "sent" }),
    );
    expect(state.messages.map(({ id, state }) => [id, state])).toEqual([
      ["other", "sent"],
      ["1", "sent"],
    ]);
    expect(state.unread).toBe(1);
  });

  test("an unconfirmed message has failed, one that came back has not", () => {
    const state = after(
      chatReducer,
      messageReceived(line({ id: "1", isMine: true, state: "sending" })),
      messageReceived(line({ id: "2", isMine: true, state: "sent" })),
      messagesFailed(["1", "2"]),
    );
    expect(state.messages.map(({ state }) => state)).toEqual(["failed", "sent"]);
  });

  test("texts from before are there once, before what isn't sent yet, and read", () => {
    const state = after(
      chatReducer,
      messageReceived(line({ id: "1", text: "known" })),
      messageReceived(line({ id: "2", text: "mine", isMine: true, state: "sending" })),
      historyReceived([line({ id: "3", text: "known" }), line({ id: "4", text: "missed" })]),
    );
    expect(state.messages.map(({ text }) => text)).toEqual(["known", "missed", "mine"]);
    expect(state.unread).toBe(1);
  });

  test("a removed text disappears, or all of its sender", () => {
    const actions = [
      historyReceived([line({ id: "1", saidAs: "a", text: "old" })]),
      messageReceived(line({ id: "2", saidAs: "b", text: "new" })),
      messageReceived(line({ id: "3", text: "without an id" })),
      messageReceived(line({ id: "4", sender: "bob", saidAs: "a", text: "of Bob" })),
    ];
    const texts = (removed: WhichTextBody): string[] =>
      after(chatReducer, ...actions, textsRemoved(removed)).messages.map(({ text }) => text);
    expect(texts({ sender: "ted", id: "a" })).toEqual(["new", "without an id", "of Bob"]);
    expect(texts({ sender: "ted" })).toEqual(["of Bob"]);
  });
});

describe("a flood of messages", () => {
  const many = (count: number, text: string) =>
    Array.from({ length: count }, (_, n) => messageReceived(line({ id: String(n), text })));

  test("the last thousand messages are kept", () => {
    const { messages, unread } = after(chatReducer, ...many(5000, "hi"));
    expect([messages.length, messages[0]?.id, messages.at(-1)?.id]).toEqual([
      1000,
      "4000",
      "4999",
    ]);
    expect(unread).toBe(5000);
  });

  test("fewer long messages are kept, and always the last one", () => {
    const { messages } = after(chatReducer, ...many(100, "x".repeat(60_000)));
    expect(messages.map(({ id }) => id)).toEqual(
      Array.from({ length: 16 }, (_, n) => String(84 + n)),
    );
    expect(after(chatReducer, ...many(2, "x".repeat(2_000_000))).messages).toHaveLength(1);
  });
});

describe("the stage", () => {
  test("swapping tiles reports the new position", () => {
    const shown = ["ann/camera", "bob/camera", "me/camera"];
    const swap = tilesSwapped({ tile: "ann/camera", other: "bob/camera", shown });
    const { order, moved } = after(stageReducer, swap);
    expect(order).toEqual(["bob/camera", "ann/camera", "me/camera"]);
    expect(moved).toEqual({ tile: "ann/camera", position: 2, count: 3 });
  });
});

describe("notices", () => {
  const left = (reason: "left" | "rejoined") => memberLeft({ ...ted, reason });
  const news = (...actions: Action[]) =>
    after(noticesReducer, ...actions).shown.map((notice) => en.notices.of(notice.news));

  test("joining and leaving cause notices, reloading a page does not", () => {
    expect(news(memberJoined(ted), left("left"))).toEqual(["Ted has joined", "Ted has left"]);
    expect(news(left("rejoined"), memberJoined(ted))).toEqual([]);
  });

  test("chat messages cause notices unless the chat is open", () => {
    expect(news(messageReceived(line({})))).toEqual(["Ted: hi"]);
    expect(news(messageReceived(line({})), panelShown("chat"))).toEqual([]);
    expect(news(panelShown("chat"), messageReceived(line({})))).toEqual([]);
  });

  test("only a few notices are shown; further events of others are counted", () => {
    const many = ["1", "2", "3", "4", "5"].map((username) =>
      memberJoined({ ...ted, username }),
    );
    const state = after(noticesReducer, ...many);
    expect(news(...many)).toEqual(["1 has joined", "2 has joined", "3 has joined"]);
    expect(state.more).toBe(2);
    const read = state.shown.map(({ id }) => dismissed(id));
    expect(after(noticesReducer, ...many, ...read)).toEqual({ ...state, shown: [], more: 0 });
  });

  test("the user's own notices appear in spite of a flood", () => {
    const flood = Array.from({ length: 900 }, () => messageReceived(line({})));
    const refused = noticed({ kind: "refused", code: "rate-limited" });
    expect(news(...flood, refused, refused)).toEqual([
      "Ted: hi",
      "Ted: hi",
      en.notices.of({ kind: "refused", code: "rate-limited" }),
    ]);
  });

  test("a long message is shortened to whole characters", () => {
    const [notice] = news(messageReceived(line({ text: "🚀".repeat(30_000) })));
    expect(notice).not.toMatch(/\p{Cs}/u);
    expect(notice?.length).toBeLessThan(220);
  });
});
