// Navigation by the hash of the URL, which names the room of the page.

import { invitationIn } from "../camus-client";
import { roomOpened } from "../features/call/session-slice";
import { settingsChosen } from "../features/settings/settings-slice";
import { hashOf, roomIdInHash } from "./urls";
import type { Thunk } from "./store";

/** Handles a change of the URL's hash. */
export const hashChanged =
  (hash: string): Thunk =>
  (dispatch, getState, { call, media }) => {
    const roomId = roomIdInHash(hash);
    if (roomId === getState().session.roomId) return;
    call.leave();
    media.stop();
    dispatch(roomEntered(roomId));
  };

/** Shows the screen before joining; a reloaded page rejoins at once. */
export const roomEntered =
  (roomId: string | null): Thunk =>
  async (dispatch, getState, { call, media, storage }) => {
    dispatch(roomOpened(roomId));
    if (roomId === null) return;
    const hasSession = await call.hasStoredSession(roomId);
    if (getState().session.roomId !== roomId) return;
    const { name, sourcesOn } = getState().settings;
    void media.start(storage.sourcesOn ?? sourcesOn);
    if (hasSession) dispatch(joinRequested(name, null));
  };

/** Joins the room without the invitation in the URL. */
export const joinRequestedWithoutInvitation =
  (username: string): Thunk =>
  (dispatch, getState) => {
    history.replaceState(null, "", hashOf(getState().session.roomId));
    dispatch(joinRequested(username, null));
  };

/** Joins the room of the page, with the invitation in its URL if there is one. */
export const joinRequested =
  (username: string, password: string | null): Thunk =>
  (dispatch, getState, { call, audioLevels }) => {
    const { roomId } = getState().session;
    if (roomId === null) return;
    dispatch(settingsChosen({ name: username }));
    audioLevels.resume();
    call.join({ roomId, username, password, invitation: invitationIn(location.hash) });
  };
