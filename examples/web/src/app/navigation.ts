// From address to address: the hash of the page says which room it is about.

import { roomOpened } from "../features/call/session-slice";
import { chosen } from "../features/settings/settings-slice";
import { roomIn } from "./urls";
import type { Thunk } from "./store";

/** The page has this hash now. */
export const addressChanged =
  (hash: string): Thunk =>
  (dispatch, getState, { call, media }) => {
    const roomId = roomIn(hash);
    if (roomId === getState().session.roomId) return;
    call.leave();
    media.stop();
    dispatch(roomEntered(roomId));
  };

/** Stands before the door of a room; a page that was loaded again goes straight in. */
export const roomEntered =
  (roomId: string | null): Thunk =>
  async (dispatch, getState, { call, media, memory }) => {
    dispatch(roomOpened(roomId));
    if (roomId === null) return;
    const hasPlace = await call.looksForPlace(roomId);
    if (getState().session.roomId !== roomId) return;
    const { name, sourcesOn } = getState().settings;
    void media.start(memory.sourcesOn ?? sourcesOn);
    if (hasPlace) dispatch(knocked(name, null));
  };

/** Asks to be let in. */
export const knocked =
  (username: string, password: string | null): Thunk =>
  (dispatch, getState, { call, levels }) => {
    const { roomId } = getState().session;
    if (roomId === null) return;
    dispatch(chosen({ name: username }));
    levels.wake();
    call.join({ roomId, username, password });
  };
