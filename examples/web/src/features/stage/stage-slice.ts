// What the call screen shows: which panel, which tile large, and who speaks.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";
import { memberLeft } from "../people/people-slice";
import { swapped } from "./tile-order";

export type PanelName = "chat" | "people";

/** The first position is 1. */
export interface Move {
  readonly tile: string;
  readonly position: number;
  readonly count: number;
}

/** Two tiles are to change their places, among those that are shown in this order. */
export interface Swap {
  readonly tile: string;
  readonly other: string;
  readonly shown: readonly string[];
}

export interface StageState {
  readonly panel: PanelName | null;
  /** The tile that this person wants to see large. */
  readonly pinned: string | null;
  /** In which order this person wants to see the tiles; see `ordered`. */
  readonly order: readonly string[];
  /** The tile that was moved last, and where it is now, to be read out. */
  readonly moved: Move | null;
  /** The id of who speaks. */
  readonly speaker: string | null;
}

const EMPTY: StageState = {
  panel: null,
  pinned: null,
  order: [],
  moved: null,
  speaker: null,
};

const slice = createSlice({
  name: "stage",
  initialState: EMPTY,
  reducers: {
    panelShown(state, { payload }: PayloadAction<PanelName | null>) {
      state.panel = payload;
    },
    tilePinned(state, { payload }: PayloadAction<string | null>) {
      state.pinned = payload;
    },
    tilesSwapped: (state, { payload }: PayloadAction<Swap>) => {
      const { tile, other, shown } = payload;
      const order = swapped(shown, tile, other);
      const moved = { tile, position: order.indexOf(tile) + 1, count: order.length };
      return { ...state, order, moved };
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

export const { panelShown, tilePinned, tilesSwapped, speakerChanged } = slice.actions;
export const stageReducer = slice.reducer;
