// What the call screen shows: which panel, which tile large, and who speaks.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";
import { memberLeft } from "../people/people-slice";

export type Panel = "chat" | "people";

export interface StageState {
  readonly panel: Panel | null;
  /** The tile that this person wants to see large. */
  readonly pinned: string | null;
  /** The id of who speaks. */
  readonly speaker: string | null;
}

const EMPTY: StageState = { panel: null, pinned: null, speaker: null };

const slice = createSlice({
  name: "stage",
  initialState: EMPTY,
  reducers: {
    panelShown(state, { payload }: PayloadAction<Panel | null>) {
      state.panel = payload;
    },
    tilePinned(state, { payload }: PayloadAction<string | null>) {
      state.pinned = payload;
    },
    speakerChanged(state, { payload }: PayloadAction<string | null>) {
      state.speaker = payload;
    },
  },
  extraReducers: (builder) =>
    builder
      .addCase(roomOpened, () => EMPTY)
      .addCase(memberLeft, (state, { payload }) => {
        if (state.speaker === payload.id) state.speaker = null;
      }),
});

export const { panelShown, tilePinned, speakerChanged } = slice.actions;
export const stageReducer = slice.reducer;
