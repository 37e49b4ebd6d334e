// The list of public rooms, and the creation of rooms.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { createRoom, Ended, listRooms, Refused } from "../../camus-client";
import type { CreateRoomBody, ListedRoom } from "../../camus-client";
import { hashOf } from "../../app/urls";
import type { Thunk } from "../../app/store";
import { waitReasonOf } from "../call/end-reasons";
import type { WaitReason } from "../call/end-reasons";
import { randomRoomName } from "./room-names";

/** The reason why listing or creating failed: an error code, or no response. */
export type RoomsProblem = "unreachable" | "name-taken" | "invalid-name" | WaitReason;

export interface RoomsState {
  /** Null before the first response. */
  readonly listed: readonly ListedRoom[] | null;
  readonly listProblem: RoomsProblem | null;
  readonly isCreating: boolean;
  readonly createProblem: RoomsProblem | null;
}

const initialState: RoomsState = {
  listed: null,
  listProblem: null,
  isCreating: false,
  createProblem: null,
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
  },
});

const { roomsListed, listFailed, creating, created, createFailed } = slice.actions;
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
      dispatch(created());
      location.hash = hashOf(room_id);
    } catch (error) {
      dispatch(createFailed(problemOf(error)));
    }
  };

function problemOf(error: unknown): RoomsProblem {
  if (error instanceof Ended) return waitReasonOf(error.end) ?? "unreachable";
  if (!(error instanceof Refused)) return "unreachable";
  const { code } = error.error;
  return code === "name-taken" || code === "invalid-name"
    ? code
    : (waitReasonOf(error) ?? "busy");
}
