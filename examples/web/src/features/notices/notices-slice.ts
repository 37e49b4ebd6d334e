// Notices of recent events, shown for a few seconds.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { lockChanged, roleChanged, roomOpened } from "../call/session-slice";
import { messageReceived } from "../chat/chat-slice";
import { excerptOf } from "../chat/excerpts";
import type { SourceKind } from "../devices/capture-source";
import { labelOf } from "../people/display-names";
import { memberJoined, memberLeft, waitingClientCame } from "../people/people-slice";
import { panelShown } from "../stage/stage-slice";
import { Refused } from "../../camus-client";
import type { LeaveReason, Role } from "../../camus-client";

export type News =
  | { readonly kind: "joined" | "waiting"; readonly name: string }
  | { readonly kind: "left"; readonly name: string; readonly reason: LeaveReason }
  | { readonly kind: "said"; readonly name: string; readonly text: string }
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "lock"; readonly isLocked: boolean }
  | { readonly kind: "device"; readonly device: SourceKind; readonly label: string }
  | { readonly kind: "switched"; readonly device: SourceKind; readonly isOn: boolean }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "servers"; readonly urls: readonly string[] }
  | { readonly kind: "name"; readonly typed: string; readonly name: string }
  | { readonly kind: "screen" | "forgotten" };

/** Returns the news that a request has failed. */
export const refusalNews = (error: unknown): News => ({
  kind: "refused",
  code: error instanceof Refused ? error.error.code : "unanswered",
});

export interface Notice {
  readonly id: number;
  readonly news: News;
}

export interface NoticesState {
  readonly shown: readonly Notice[];
  readonly last: number;
  /** The number of further events of others since a notice was first shown. */
  readonly more: number;
  /** While the chat is open, its messages cause no notices. */
  readonly hidesChat: boolean;
  /**
   * The id of a member that is reloading its page: neither leaving nor rejoining causes a
   * notice.
   */
  readonly returning: string | null;
}

const EMPTY: NoticesState = { shown: [], last: 0, more: 0, hidesChat: false, returning: null };

/** More would cover faces. */
const MAX_SHOWN = 3;

/** Characters of a chat message that can be read in a few seconds. */
const EXCERPT_LENGTH = 200;

const withNotice = (state: NoticesState, news: News): NoticesState => ({
  ...state,
  shown: [...state.shown, { id: state.last + 1, news }].slice(-MAX_SHOWN),
  last: state.last + 1,
});

/**
 * Others' events are shown while there is room, and only counted beyond that, so that a flood
 * neither hides other notices nor keeps a screen reader talking.
 */
const withNoticeIfRoom = (state: NoticesState, news: News): NoticesState =>
  state.shown.length < MAX_SHOWN ? withNotice(state, news) : { ...state, more: state.more + 1 };

const areEqual = (one: News, other: News): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const without = (state: NoticesState, isOver: (notice: Notice) => boolean): NoticesState => {
  const shown = state.shown.filter((notice) => !isOver(notice));
  return { ...state, shown, more: shown.length === 0 ? 0 : state.more };
};

const slice = createSlice({
  name: "notices",
  initialState: EMPTY,
  reducers: {
    /** An event that repeats while its notice is shown causes no second one. */
    noticed: (state, { payload }: PayloadAction<News>) =>
      state.shown.some(({ news }) => areEqual(news, payload))
        ? state
        : withNotice(state, payload),
    dismissed: (state, { payload }: PayloadAction<number>) =>
      without(state, ({ id }) => id === payload),
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => EMPTY)
      .addCase(panelShown, (state, { payload }) => {
        const hidesChat = payload === "chat";
        const rest = without(state, ({ news }) => hidesChat && news.kind === "said");
        return { ...rest, hidesChat };
      })
      .addCase(memberJoined, (state, { payload }) =>
        payload.id === state.returning
          ? { ...state, returning: null }
          : withNoticeIfRoom(state, { kind: "joined", name: labelOf(payload) }),
      )
      .addCase(memberLeft, (state, { payload }) =>
        payload.reason === "rejoined"
          ? { ...state, returning: payload.id }
          : withNoticeIfRoom(state, {
              kind: "left",
              name: labelOf(payload),
              reason: payload.reason,
            }),
      )
      .addCase(waitingClientCame, (state, { payload }) =>
        withNoticeIfRoom(state, { kind: "waiting", name: labelOf(payload) }),
      )
      .addCase(messageReceived, (state, { payload: { isMine, from, mark, text } }) =>
        isMine || state.hidesChat
          ? state
          : withNoticeIfRoom(state, {
              kind: "said",
              name: labelOf({ username: from, mark }),
              text: excerptOf(text, EXCERPT_LENGTH),
            }),
      )
      .addCase(roleChanged, (state, { payload }) =>
        withNotice(state, { kind: "role", role: payload }),
      )
      .addCase(lockChanged, (state, { payload }) =>
        withNotice(state, { kind: "lock", isLocked: payload }),
      ),
});

export const { noticed, dismissed } = slice.actions;
export const noticesReducer = slice.reducer;
