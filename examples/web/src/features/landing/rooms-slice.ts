// The list of public rooms, the creation of rooms, and the search for one.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import {
  createRoom,
  Ended,
  findRoom,
  invitationIn,
  listRooms,
  Refused,
} from "../../camus-client";
import type { CreateRoomBody, ListedRoom } from "../../camus-client";
import { hashOf, roomIdInText, textToFind } from "../../app/urls";
import type { Thunk } from "../../app/store";
import { waitReasonOf } from "../call/end-reasons";
import type { WaitReason } from "../call/end-reasons";
import { roomNamed, roomTyped } from "../room-names/room-names-slice";
import { randomRoomName } from "./room-names";

/** The reason why listing, creating or finding failed: an error code, or no response. */
export type RoomsProblem =
  | "unreachable"
  | "name-taken"
  | "invalid-name"
  | "may-not-create"
  | "invalid-options"
  | "no-such-name"
  | WaitReason;

export interface RoomsState {
  /** Null before the first response. */
  readonly listed: readonly ListedRoom[] | null;
  readonly listProblem: RoomsProblem | null;
  readonly isCreating: boolean;
  readonly createProblem: RoomsProblem | null;
  readonly isFinding: boolean;
  readonly findProblem: RoomsProblem | null;
}

const initialState: RoomsState = {
  listed: null,
  listProblem: null,
  isCreating: false,
  createProblem: null,
  isFinding: false,
  findProblem: null,
};

const slice = createSlice({
  name: "rooms",
  initialState,
  reducers: {
    roomsListed: (state, { payload }: PayloadAction<readonly ListedRoom[]>): RoomsState => ({
      ...state,
      listed: payload,
      listProblem: null,
    }),
    listFailed: (state, { payload }: PayloadAction<RoomsProblem>): RoomsState => ({
      ...state,
      listProblem: payload,
    }),
    creating: (state): RoomsState => ({ ...state, isCreating: true, createProblem: null }),
    created: (state): RoomsState => ({ ...state, isCreating: false }),
    createFailed: (state, { payload }: PayloadAction<RoomsProblem>): RoomsState => ({
      ...state,
      isCreating: false,
      createProblem: payload,
    }),
    finding: (state): RoomsState => ({ ...state, isFinding: true, findProblem: null }),
    found: (state): RoomsState => ({ ...state, isFinding: false }),
    findFailed: (state, { payload }: PayloadAction<RoomsProblem>): RoomsState => ({
      ...state,
      isFinding: false,
      findProblem: payload,
    }),
  },
});

const { roomsListed, listFailed, creating, created, createFailed } = slice.actions;
const { finding, found, findFailed } = slice.actions;
export const roomsReducer = slice.reducer;

/** Requests the list of public rooms. */
export const roomsRequested =
  (): Thunk =>
  async (dispatch, _, { server }) => {
    try {
      dispatch(roomsListed(await listRooms(server)));
    } catch (error) {
      dispatch(listFailed(problemOf(error)));
    }
  };

/** Creates a room, saves its owner token, and opens its page. */
export const roomCreated =
  (room: CreateRoomBody): Thunk =>
  async (dispatch, _, { server, storage }) => {
    dispatch(creating());
    try {
      const name = room.name ?? randomRoomName();
      const { room_id, owner_token } = await createRoom(server, { ...room, name });
      storage.setOwnerToken(room_id, owner_token);
      dispatch(roomNamed({ roomId: room_id, name }));
      dispatch(created());
      location.hash = hashOf(room_id);
    } catch (error) {
      const isMalformed = error instanceof Refused && error.error.code === "malformed-message";
      dispatch(createFailed(isMalformed ? "invalid-options" : problemOf(error)));
    }
  };

/** Finds the room that the user means by a name or a link, and opens its page. */
export const roomSought =
  (text: string): Thunk =>
  async (dispatch, _, { server }) => {
    dispatch(finding());
    const { name, isLink } = textToFind(text);
    try {
      const { room_id: roomId, name: told } = await findRoom(server, { name });
      if (!isLink && name !== roomId) dispatch(roomTyped({ roomId, text: name }));
      if (typeof told === "string") dispatch(roomNamed({ roomId, name: told }));
      dispatch(found());
      location.hash = hashOf(roomId, invitationIn(text.trim()));
    } catch (error) {
      const roomId = isOfOlderServer(error) ? roomIdInText(text) : null;
      if (roomId !== null) {
        dispatch(found());
        location.hash = hashOf(roomId);
      } else dispatch(findFailed(isOfOlderServer(error) ? "no-such-name" : problemOf(error)));
    }
  };

const isOfOlderServer = (error: unknown): boolean =>
  error instanceof Refused && error.error.code === "unknown-type";

const PROBLEM_OF_ERROR: Readonly<Record<string, RoomsProblem>> = {
  "name-taken": "name-taken",
  "invalid-name": "invalid-name",
  "not-allowed": "may-not-create",
  "room-not-found": "no-such-name",
  "malformed-message": "no-such-name",
};

function problemOf(error: unknown): RoomsProblem {
  if (error instanceof Ended) return waitReasonOf(error.end) ?? "unreachable";
  if (!(error instanceof Refused)) return "unreachable";
  return PROBLEM_OF_ERROR[error.error.code] ?? waitReasonOf(error) ?? "busy";
}
