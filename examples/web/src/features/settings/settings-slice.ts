// The user's settings; every change is saved.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { DEFAULT_SETTINGS } from "./settings";
import type { Settings } from "./settings";
import type { Thunk } from "../../app/store";
import { loadLanguage } from "../../texts";
import type { Language } from "../../texts/language";
import type { Resolution } from "../devices/resolution";
import { asRtcServers } from "./own-ice-servers";
import type { OwnIceServer } from "./own-ice-servers";

const slice = createSlice({
  name: "settings",
  initialState: DEFAULT_SETTINGS,
  reducers: {
    settingsChanged: (state, { payload }: PayloadAction<Partial<Settings>>) => ({
      ...state,
      ...payload,
    }),
  },
});

const { settingsChanged } = slice.actions;
export const settingsReducer = slice.reducer;

/** Restores the settings of the last visit. */
export const settingsRestored =
  (): Thunk =>
  (dispatch, _, { storage, media, call }) => {
    const { settings } = storage;
    dispatch(settingsChanged(settings));
    media.prefer(settings);
    call.useOwnIceServers(asRtcServers(settings.iceServers));
  };

/** Changes settings, and saves them. */
export const settingsChosen =
  (change: Partial<Settings>): Thunk =>
  (dispatch, _, { storage }) => {
    storage.saveSettings(change);
    dispatch(settingsChanged(change));
  };

export const resolutionChosen =
  (resolution: Resolution): Thunk =>
  (dispatch, _, { media }) => {
    dispatch(settingsChosen({ resolution }));
    void media.setResolution(resolution);
  };

/** Switches to another language once its texts are loaded. */
export const languageChosen =
  (language: Language): Thunk =>
  async (dispatch) => {
    await loadLanguage(language);
    dispatch(settingsChosen({ language }));
  };

export const iceServersChosen =
  (iceServers: readonly OwnIceServer[]): Thunk =>
  (dispatch, _, { call }) => {
    dispatch(settingsChosen({ iceServers }));
    call.useOwnIceServers(asRtcServers(iceServers));
  };
