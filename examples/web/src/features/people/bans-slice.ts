// The bans of the room, which moderators see and take back.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { listBans, unban } from "../../camus-client";
import type { BanInfo } from "../../camus-client";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import { noticed, refusalNews } from "../notices/notices-slice";
import { memberLeft } from "./people-slice";
import { mayTakeBack } from "./take-back";

export interface BansState {
  /** The oldest first; null before the server has listed them. */
  readonly listed: readonly BanInfo[] | null;
  /** The id of the ban that only an owner may end, after this client has tried. */
  readonly refused: string | null;
  /** The number of bans that this client has heard of, each of which makes the list stale. */
  readonly heardOf: number;
}

const EMPTY: BansState = { listed: null, refused: null, heardOf: 0 };

const slice = createSlice({
  name: "bans",
  initialState: EMPTY,
  reducers: {
    bansListed: (state, { payload }: PayloadAction<readonly BanInfo[]>): BansState => ({
      ...state,
      listed: payload,
    }),
    unbanRefused: (state, { payload }: PayloadAction<string | null>): BansState => ({
      ...state,
      refused: payload,
    }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => EMPTY)
      .addCase(memberLeft, (state, { payload }) =>
        payload.reason === "banned" ? { ...state, heardOf: state.heardOf + 1 } : state,
      ),
});

export const { bansListed, unbanRefused } = slice.actions;
export const bansReducer = slice.reducer;

/** Requests the list of bans. */
export const bansRequested =
  (): Thunk =>
  async (dispatch, _, { call }) => {
    try {
      dispatch(bansListed(await listBans(call.session)));
    } catch (error) {
      dispatch(noticed(refusalNews(error)));
    }
  };

/** Ends a ban, also one that has just ended otherwise. */
export const banTakenBack =
  (id: string): Thunk =>
  async (dispatch, _, { call }) => {
    dispatch(unbanRefused(null));
    const may = await mayTakeBack(() => unban(call.session, id), dispatch);
    if (!may) dispatch(unbanRefused(id));
    dispatch(bansRequested());
  };
