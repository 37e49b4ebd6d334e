// The measured quality of the connection with each other member.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { ConnectionQuality } from "../../camus-client";
import { roomOpened } from "../call/session-slice";

/** Qualities by client id. */
export type Qualities = Readonly<Record<string, ConnectionQuality>>;

const EMPTY: Qualities = {};

const slice = createSlice({
  name: "quality",
  initialState: EMPTY,
  reducers: {
    /** All connections were measured. */
    qualitiesMeasured: (_, { payload }: PayloadAction<Qualities>) => payload,
  },
  extraReducers: (builder) => builder.addCase(roomOpened, () => EMPTY),
});

export const { qualitiesMeasured } = slice.actions;
export const qualityReducer = slice.reducer;
