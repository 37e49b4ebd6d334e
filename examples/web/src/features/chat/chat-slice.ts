// The chat messages since this client joined, and those that the server keeps from before.

import { createSlice, original } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { WhichTextBody } from "../../camus-client";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import { panelShown } from "../stage/stage-slice";

export interface ChatMessage {
  /** The sender's id of the message, or one that the app assigns if there is none. */
  readonly id: string;
  readonly isMine: boolean;
  /** The sender's id of the message, by which a moderator may remove it. */
  readonly saidAs?: string;
  /** The client id of the sender. */
  readonly sender: string;
  /** The display name of the sender, and its mark, if any. */
  readonly from: string;
  readonly mark: string | null;
  /** UNIX milliseconds. */
  readonly time: number;
  readonly text: string;
  /** This client's own message is `sent` once it has come back from the room. */
  readonly state: "sending" | "sent" | "failed";
}

export interface ChatState {
  readonly messages: readonly ChatMessage[];
  readonly unread: number;
  readonly isShown: boolean;
}

const EMPTY: ChatState = { messages: [], unread: 0, isShown: false };

/** As many as a long meeting has; the oldest are dropped first. */
const MAX_MESSAGES = 1000;

/** Characters: a thousand messages of a few paragraphs each, or a few that fill a frame. */
const MAX_CHARACTERS = 1_000_000;

/** Returns the last messages within the limits, always including the very last one. */
function latest(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  let characters = 0;
  const last = messages.findLastIndex(({ text }, index) => {
    characters += text.length;
    return characters > MAX_CHARACTERS && index < messages.length - 1;
  });
  return messages.slice(Math.max(last + 1, messages.length - MAX_MESSAGES));
}

const contentOf = ({ from, time, text }: ChatMessage): string =>
  JSON.stringify([from, time, text]);

// The reducers work on the `original` and freeze their result: Immer would otherwise create a
// draft of every message, and check all of them, for each new one.
const slice = createSlice({
  name: "chat",
  initialState: EMPTY,
  reducers: {
    /** A message has arrived: a new one, or this client's own that comes back. */
    messageReceived: (state, { payload }: PayloadAction<ChatMessage>) => {
      const { messages, unread, isShown } = original(state);
      const isOwn = ({ id, isMine }: ChatMessage): boolean => isMine && id === payload.id;
      const others = payload.isMine ? messages.filter((one) => !isOwn(one)) : messages;
      return {
        messages: Object.freeze(latest([...others, payload])),
        unread: isShown || payload.isMine ? unread : unread + 1,
        isShown,
      };
    },
    /** Texts from before this client joined; it may have some of them already. */
    historyReceived: (state, { payload }: PayloadAction<readonly ChatMessage[]>) => {
      const before = original(state);
      const known = new Set(before.messages.map(contentOf));
      const news = payload.filter((one) => !known.has(contentOf(one)));
      const [sent, unsent] = [
        before.messages.filter((one) => one.state === "sent"),
        before.messages.filter((one) => one.state !== "sent"),
      ];
      return { ...before, messages: Object.freeze(latest([...sent, ...news, ...unsent])) };
    },
    /** A moderator has removed a text, or without an id all texts of this sender. */
    textsRemoved: (state, { payload }: PayloadAction<WhichTextBody>) => {
      const { sender, id = null } = payload;
      const before = original(state);
      const messages = before.messages.filter(
        (one) => one.sender !== sender || (id !== null && one.saidAs !== id),
      );
      return { ...before, messages };
    },
    /** This client's own messages with these ids may not have arrived. */
    messagesFailed: (state, { payload }: PayloadAction<readonly string[]>) => {
      const ids = new Set(payload);
      const before = original(state);
      const messages = before.messages.map((one) =>
        one.isMine && one.state === "sending" && ids.has(one.id)
          ? { ...one, state: "failed" as const }
          : one,
      );
      return { ...before, messages };
    },
    messageRemoved: (state, { payload }: PayloadAction<string>) => {
      const before = original(state);
      return { ...before, messages: before.messages.filter(({ id }) => id !== payload) };
    },
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => EMPTY)
      .addCase(panelShown, (state, { payload }) => ({
        ...original(state),
        isShown: payload === "chat",
        unread: payload === "chat" ? 0 : state.unread,
      })),
});

export const {
  historyReceived,
  messageReceived,
  messagesFailed,
  messageRemoved,
  textsRemoved,
} = slice.actions;
export const chatReducer = slice.reducer;

/** Sends a message to the room. */
export const textSent =
  (text: string): Thunk =>
  (_dispatch, _getState, { call }) => {
    const line = text.trim();
    if (line !== "") call.sendText(line);
  };

/** Sends a failed message again. */
export const textSentAgain =
  ({ id, text }: ChatMessage): Thunk =>
  (dispatch) => {
    dispatch(messageRemoved(id));
    dispatch(textSent(text));
  };
