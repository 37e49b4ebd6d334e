// What has happened and is worth a word, for a few seconds.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { lockChanged, roleChanged, roomOpened } from "../call/session-slice";
import { messageHeard } from "../chat/chat-slice";
import type { Kind } from "../devices/source";
import { memberJoined, memberLeft, visitorCame } from "../people/people-slice";
import { panelShown } from "../stage/stage-slice";
import type { LeaveReason, Role } from "../../camus-client";

export type News =
  | { readonly kind: "joined" | "waiting"; readonly name: string }
  | { readonly kind: "left"; readonly name: string; readonly reason: LeaveReason }
  | { readonly kind: "said"; readonly name: string; readonly text: string }
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "lock"; readonly isLocked: boolean }
  | { readonly kind: "device"; readonly device: Kind; readonly label: string }
  | { readonly kind: "switched"; readonly device: Kind; readonly isOn: boolean }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "servers"; readonly urls: readonly string[] }
  | { readonly kind: "screen" };

export interface Notice {
  readonly id: number;
  readonly news: News;
}

export interface NoticesState {
  readonly shown: readonly Notice[];
  readonly last: number;
  /** While the chat is open, nothing is told of it here. */
  readonly hidesChat: boolean;
  /** Who has loaded the page again: neither going nor coming is news. */
  readonly returning: string | null;
}

const NONE: NoticesState = { shown: [], last: 0, hidesChat: false, returning: null };

/** More would cover faces. */
const MOST_SHOWN = 3;

const told = (state: NoticesState, news: News): NoticesState => ({
  ...state,
  shown: [...state.shown, { id: state.last + 1, news }].slice(-MOST_SHOWN),
  last: state.last + 1,
});

const slice = createSlice({
  name: "notices",
  initialState: NONE,
  reducers: {
    noticed: (state, { payload }: PayloadAction<News>) => told(state, payload),
    dismissed: (state, { payload }: PayloadAction<number>) => ({
      ...state,
      shown: state.shown.filter(({ id }) => id !== payload),
    }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => NONE)
      .addCase(panelShown, (state, { payload }) => {
        const hidesChat = payload === "chat";
        const shown = state.shown.filter(({ news }) => !hidesChat || news.kind !== "said");
        return { ...state, shown, hidesChat };
      })
      .addCase(memberJoined, (state, { payload: { id, username } }) =>
        id === state.returning
          ? { ...state, returning: null }
          : told(state, { kind: "joined", name: username }),
      )
      .addCase(memberLeft, (state, { payload: { id, username, reason } }) =>
        reason === "rejoined"
          ? { ...state, returning: id }
          : told(state, { kind: "left", name: username, reason }),
      )
      .addCase(visitorCame, (state, { payload }) =>
        told(state, { kind: "waiting", name: payload.username }),
      )
      .addCase(messageHeard, (state, { payload: { isMine, from, text } }) =>
        isMine || state.hidesChat ? state : told(state, { kind: "said", name: from, text }),
      )
      .addCase(roleChanged, (state, { payload }) =>
        told(state, { kind: "role", role: payload }),
      )
      .addCase(lockChanged, (state, { payload }) =>
        told(state, { kind: "lock", isLocked: payload }),
      ),
});

export const { noticed, dismissed } = slice.actions;
export const noticesReducer = slice.reducer;
