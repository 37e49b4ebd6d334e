// The keyboard shortcuts of the call. They use Alt, so that neither typing nor voice control
// triggers them.

import { noticed } from "../features/notices/notices-slice";
import { sourceToggled, screenToggled } from "../features/devices/devices-slice";
import type { SourceKind } from "../features/devices/capture-source";
import { panelShown } from "../features/stage/stage-slice";
import type { PanelName } from "../features/stage/stage-slice";
import type { Dispatch, RootState, Thunk } from "./store";

/** The letter of each shortcut, as shown in tooltips. */
export const KEYS = {
  microphone: "M",
  camera: "V",
  screen: "S",
  chat: "C",
  people: "P",
} as const;

const switched =
  (kind: SourceKind): Thunk =>
  (dispatch, getState) => {
    dispatch(sourceToggled(kind));
    // A user of the keyboard may not see the button.
    dispatch(noticed({ kind: "switched", device: kind, isOn: getState().devices[kind].isOn }));
  };

const panelToggled =
  (panel: PanelName): Thunk =>
  (dispatch, getState) => {
    dispatch(panelShown(getState().stage.panel === panel ? null : panel));
  };

const ACTIONS: Readonly<Record<string, () => Thunk>> = {
  [`Key${KEYS.microphone}`]: () => switched("microphone"),
  [`Key${KEYS.camera}`]: () => switched("camera"),
  [`Key${KEYS.screen}`]: screenToggled,
  [`Key${KEYS.chat}`]: () => panelToggled("chat"),
  [`Key${KEYS.people}`]: () => panelToggled("people"),
};

export function listenToKeys(dispatch: Dispatch, state: () => RootState): void {
  addEventListener("keydown", (event) => {
    const { at } = state().session.presence;
    const isPlain = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const action = ACTIONS[event.code];
    if (!isPlain || event.repeat || !action || (at !== "inside" && at !== "away")) return;
    event.preventDefault();
    dispatch(action());
  });
}
