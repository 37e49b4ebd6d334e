// The state of the microphone, the camera and the screen.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Thunk } from "../../app/store";
import { noticed } from "../notices/notices-slice";
import { settingsChosen } from "../settings/settings-slice";
import type { MediaState } from "./local-media";
import type { SourceKind, CaptureState } from "./capture-source";

const OFF: CaptureState = { isOn: false, isStarting: false, deviceId: null, fault: null };

const initialState: MediaState = {
  microphone: OFF,
  camera: OFF,
  screen: { isOn: false, fault: null },
  known: { microphone: [], camera: [] },
};

const slice = createSlice({
  name: "devices",
  initialState,
  reducers: {
    mediaChanged: (_, { payload }: PayloadAction<MediaState>) => payload,
  },
});

export const { mediaChanged } = slice.actions;
export const devicesReducer = slice.reducer;

/** Turns the microphone or the camera on or off. */
export const sourceToggled =
  (kind: SourceKind): Thunk =>
  (dispatch, getState, { media, storage }) => {
    void media.turn(kind, !getState().devices[kind].isOn);
    const { microphone, camera } = media.state;
    const sourcesOn = { microphone: microphone.isOn, camera: camera.isOn };
    storage.sourcesOn = sourcesOn;
    // The choice before joining is remembered for later visits; muting during a call concerns
    // that call only.
    if (getState().session.me === null) dispatch(settingsChosen({ sourcesOn }));
  };

export const deviceChosen =
  (kind: SourceKind, deviceId: string): Thunk =>
  (dispatch, getState, { media }) => {
    dispatch(settingsChosen({ devices: { ...getState().settings.devices, [kind]: deviceId } }));
    void media.use(kind, deviceId);
  };

export const screenToggled =
  (): Thunk =>
  async (dispatch, getState, { media }) => {
    if (getState().devices.screen.isOn) media.stopSharing();
    else await media.shareScreen();
    if (getState().devices.screen.fault) dispatch(noticed({ kind: "screen" }));
  };
