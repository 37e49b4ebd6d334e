// How good the connection with each other member is, as it was measured last.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Quality } from "../../camus-client";
import { roomOpened } from "../call/session-slice";

/** By client id. */
export type Qualities = Readonly<Record<string, Quality>>;

const NOTHING: Qualities = {};

const slice = createSlice({
  name: "connection",
  initialState: NOTHING,
  reducers: {
    /** Exactly these connections were measured. */
    qualitiesMeasured: (_, { payload }: PayloadAction<Qualities>) => payload,
  },
  extraReducers: (builder) => builder.addCase(roomOpened, () => NOTHING),
});

export const { qualitiesMeasured } = slice.actions;
export const connectionReducer = slice.reducer;
