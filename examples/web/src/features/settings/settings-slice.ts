// What this person has chosen; every choice is remembered.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { NO_CHOICES } from "./settings";
import type { Choices } from "./settings";
import type { Thunk } from "../../app/store";
import { speak } from "../../texts";
import type { Language } from "../../texts/language";
import type { Resolution } from "../devices/resolution";
import { asRtcServers } from "./own-ice-servers";
import type { OwnServer } from "./own-ice-servers";

const slice = createSlice({
  name: "settings",
  initialState: NO_CHOICES,
  reducers: {
    choicesChanged: (state, { payload }: PayloadAction<Partial<Choices>>) => ({
      ...state,
      ...payload,
    }),
  },
});

const { choicesChanged } = slice.actions;
export const settingsReducer = slice.reducer;

/** Goes on with what was chosen at the last visit. */
export const choicesRecalled =
  (): Thunk =>
  (dispatch, _, { memory, media, call }) => {
    const { choices } = memory;
    dispatch(choicesChanged(choices));
    media.prefer(choices);
    call.useOwnServers(asRtcServers(choices.iceServers));
  };

/** Keeps a choice, for now and for the next visit. */
export const chosen =
  (change: Partial<Choices>): Thunk =>
  (dispatch, _, { memory }) => {
    memory.choose(change);
    dispatch(choicesChanged(change));
  };

export const resolutionChosen =
  (resolution: Resolution): Thunk =>
  (dispatch, _, { media }) => {
    dispatch(chosen({ resolution }));
    void media.takePicturesOf(resolution);
  };

/** Speaks another language as soon as its texts are there. */
export const languageChosen =
  (language: Language): Thunk =>
  async (dispatch) => {
    await speak(language);
    dispatch(chosen({ language }));
  };

export const serversChosen =
  (iceServers: readonly OwnServer[]): Thunk =>
  (dispatch, _, { call }) => {
    dispatch(chosen({ iceServers }));
    call.useOwnServers(asRtcServers(iceServers));
  };
