// From address to address: the hash of the page says which room it is about.

import { roomOpened } from "../features/call/session-slice";
import { settingsChosen } from "../features/settings/settings-slice";
import { roomIdInHash } from "./urls";
import type { Thunk } from "./store";

/** The page has this hash now. */
export const hashChanged =
  (hash: string): Thunk =>
  (dispatch, getState, { call, media }) => {
    const roomId = roomIdInHash(hash);
    if (roomId === getState().session.roomId) return;
    call.leave();
    media.stop();
    dispatch(roomEntered(roomId));
  };

/** Stands before the door of a room; a page that was loaded again goes straight in. */
export const roomEntered =
  (roomId: string | null): Thunk =>
  async (dispatch, getState, { call, media, storage }) => {
    dispatch(roomOpened(roomId));
    if (roomId === null) return;
    const hasPlace = await call.hasStoredSession(roomId);
    if (getState().session.roomId !== roomId) return;
    const { name, sourcesOn } = getState().settings;
    void media.start(storage.sourcesOn ?? sourcesOn);
    if (hasPlace) dispatch(joinRequested(name, null));
  };

/** Asks to be let in. */
export const joinRequested =
  (username: string, password: string | null): Thunk =>
  (dispatch, getState, { call, audioLevels }) => {
    const { roomId } = getState().session;
    if (roomId === null) return;
    dispatch(settingsChosen({ name: username }));
    audioLevels.resume();
    call.join({ roomId, username, password });
  };
