// What was said in the room's chat since this client came in.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import { panelShown } from "../stage/stage-slice";

export interface ChatMessage {
  /** What its sender calls it, or what the app does where the sender doesn't. */
  readonly id: string;
  readonly isMine: boolean;
  readonly from: string;
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

const SILENCE: ChatState = { messages: [], unread: 0, isShown: false };

/** A long meeting's worth; the oldest go first. */
const MOST_KEPT = 1000;

const slice = createSlice({
  name: "chat",
  initialState: SILENCE,
  reducers: {
    /** Somebody says something: a new message, or one's own that comes back. */
    messageHeard: ({ messages, unread, isShown }, { payload }: PayloadAction<ChatMessage>) => {
      const isOwn = ({ id, isMine }: ChatMessage): boolean => isMine && id === payload.id;
      const others = payload.isMine ? messages.filter((one) => !isOwn(one)) : messages;
      return {
        messages: [...others, payload].slice(-MOST_KEPT),
        unread: isShown || payload.isMine ? unread : unread + 1,
        isShown,
      };
    },
    /** One's own messages with these ids have perhaps not arrived. */
    messagesFailed: (state, { payload }: PayloadAction<readonly string[]>) => ({
      ...state,
      messages: state.messages.map((one) =>
        one.isMine && one.state === "sending" && payload.includes(one.id)
          ? { ...one, state: "failed" }
          : one,
      ),
    }),
    messageForgotten: (state, { payload }: PayloadAction<string>) => ({
      ...state,
      messages: state.messages.filter(({ id }) => id !== payload),
    }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => SILENCE)
      .addCase(panelShown, (state, { payload }) => ({
        ...state,
        isShown: payload === "chat",
        unread: payload === "chat" ? 0 : state.unread,
      })),
});

export const { messageHeard, messagesFailed, messageForgotten } = slice.actions;
export const chatReducer = slice.reducer;

/** Says something to everybody in the room. */
export const said =
  (text: string): Thunk =>
  (_dispatch, _getState, { call }) => {
    const line = text.trim();
    if (line !== "") call.say(line);
  };

/** Says something again that has perhaps not arrived. */
export const saidAgain =
  ({ id, text }: ChatMessage): Thunk =>
  (dispatch) => {
    dispatch(messageForgotten(id));
    dispatch(said(text));
  };
