// The Redux store: all state that is shown. Media and connections are in the services.

import { combineReducers, configureStore, SHOULD_AUTOBATCH } from "@reduxjs/toolkit";
import type { ThunkAction, UnknownAction } from "@reduxjs/toolkit";
import { sessionReducer } from "../features/call/session-slice";
import { chatReducer } from "../features/chat/chat-slice";
import { qualityReducer } from "../features/connection-quality/quality-slice";
import { devicesReducer } from "../features/devices/devices-slice";
import { roomNamesReducer } from "../features/room-names/room-names-slice";
import { roomsReducer } from "../features/landing/rooms-slice";
import { invitationsReducer } from "../features/invite/invitations-slice";
import { noticesReducer } from "../features/notices/notices-slice";
import { bansReducer } from "../features/people/bans-slice";
import { peopleReducer } from "../features/people/people-slice";
import { settingsReducer } from "../features/settings/settings-slice";
import { stageReducer } from "../features/stage/stage-slice";
import { playbackReducer } from "../features/tile-actions/playback-slice";
import type { Services } from "./services";

const rootReducer = combineReducers({
  bans: bansReducer,
  chat: chatReducer,
  quality: qualityReducer,
  devices: devicesReducer,
  invitations: invitationsReducer,
  playback: playbackReducer,
  notices: noticesReducer,
  people: peopleReducer,
  roomNames: roomNamesReducer,
  rooms: roomsReducer,
  session: sessionReducer,
  settings: settingsReducer,
  stage: stageReducer,
});

export type RootState = ReturnType<typeof rootReducer>;
export type DispatchAction = (action: UnknownAction) => void;
export type Thunk = ThunkAction<void, RootState, Services, UnknownAction>;
export type Dispatch = ReturnType<typeof makeStore>["store"]["dispatch"];

/** Creates a store, and the services that report to it. */
export function makeStore(
  open: (dispatch: DispatchAction, state: () => RootState) => Services,
  preloadedState?: Partial<RootState>,
) {
  const services: Services = open(
    // Subscribers are notified with the next frame, so that a flood of actions is rendered
    // once.
    (action) => store.dispatch({ ...action, meta: { [SHOULD_AUTOBATCH]: true } }),
    () => store.getState(),
  );
  const store = configureStore({
    reducer: rootReducer,
    middleware: (defaults) => defaults({ thunk: { extraArgument: services } }),
    enhancers: (defaults) =>
      defaults({ autoBatch: { type: "callback", queueNotification: scheduleNotification } }),
    ...(preloadedState && { preloadedState }),
  });
  return { store, services };
}

/** A hidden page has no animation frames, but its title is visible. */
const HIDDEN_PAGE_MS = 250;

/** Notifies with the next animation frame, or a little later if there is none. */
function scheduleNotification(notify: () => void): void {
  const now = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    notify();
  };
  const frame = requestAnimationFrame(now);
  const timer = setTimeout(now, HIDDEN_PAGE_MS);
}
