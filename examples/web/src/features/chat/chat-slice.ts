// What was said in the room's chat since this client came in.

import { createSlice, original } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import { panelShown } from "../stage/stage-slice";

export interface ChatMessage {
  /** What its sender calls it, or what the app does where the sender doesn't. */
  readonly id: string;
  readonly isMine: boolean;
  /** The id of the client that says it. */
  readonly sender: string;
  /** What its sender is called, and the mark of that name where it has one. */
  readonly from: string;
  readonly mark: string | null;
  /** UNIX milliseconds. */
  readonly time: number;
  readonly text: string;
  /** One's own message is `sent` when it has come back from the room. */
  readonly state: "sending" | "sent" | "failed";
}

export interface ChatState {
  readonly messages: readonly ChatMessage[];
  readonly unread: number;
  readonly isShown: boolean;
}

const EMPTY: ChatState = { messages: [], unread: 0, isShown: false };

/** A long meeting's worth; the oldest go first. */
const MAX_MESSAGES = 1000;

/** Characters: a thousand messages of a few paragraphs each, or some that fill a frame. */
const MAX_CHARACTERS = 1_000_000;

/** Returns as many of the last messages as are kept; the very last one always is. */
function latest(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  let characters = 0;
  const last = messages.findLastIndex(({ text }, index) => {
    characters += text.length;
    return characters > MAX_CHARACTERS && index < messages.length - 1;
  });
  return messages.slice(Math.max(last + 1, messages.length - MAX_MESSAGES));
}

// The reducers look at the `original`, and freeze what they return: Immer would otherwise make a
// draft of every message, and look through all of them, whenever one is heard.
const slice = createSlice({
  name: "chat",
  initialState: EMPTY,
  reducers: {
    /** Somebody says something: a new message, or one's own that comes back. */
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
    /** One's own messages with these ids have perhaps not arrived. */
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

export const { messageReceived, messagesFailed, messageRemoved } = slice.actions;
export const chatReducer = slice.reducer;

/** Says something to everybody in the room. */
export const textSent =
  (text: string): Thunk =>
  (_dispatch, _getState, { call }) => {
    const line = text.trim();
    if (line !== "") call.sendText(line);
  };

/** Says something again that has perhaps not arrived. */
export const textSentAgain =
  ({ id, text }: ChatMessage): Thunk =>
  (dispatch) => {
    dispatch(messageRemoved(id));
    dispatch(textSent(text));
  };
