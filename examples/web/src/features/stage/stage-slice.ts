// The state of the call screen: the open panel, the featured tile and the active speaker.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";
import { memberLeft } from "../people/people-slice";
import { swapped } from "./tile-order";

export type PanelName = "chat" | "people";

/** Positions start at 1. */
export interface Move {
  readonly tile: string;
  readonly position: number;
  readonly count: number;
}

/** A swap of two tiles among those in the displayed order. */
export interface Swap {
  readonly tile: string;
  readonly other: string;
  readonly shown: readonly string[];
}

export interface StageState {
  readonly panel: PanelName | null;
  /** The id of the tile that the user has pinned. */
  readonly pinned: string | null;
  /** The order that the user has chosen, see `ordered`. */
  readonly order: readonly string[];
  /** The last moved tile and its new position, for announcing it. */
  readonly moved: Move | null;
  /** The client id of the active speaker. */
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
