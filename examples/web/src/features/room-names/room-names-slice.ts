// The names of rooms: as the server tells them, and as this user has typed them.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";

export interface RoomNamesState {
  /** The name of each room that the server has told, by the room's id. */
  readonly told: Readonly<Record<string, string>>;
  /** The name by which this user has looked for a room, by the room's id. */
  readonly typed: Readonly<Record<string, string>>;
}

const initialState: RoomNamesState = { told: {}, typed: {} };

const slice = createSlice({
  name: "roomNames",
  initialState,
  reducers: {
    roomNamed(state, { payload }: PayloadAction<{ roomId: string; name: string }>) {
      state.told[payload.roomId] = payload.name;
    },
    roomTyped(state, { payload }: PayloadAction<{ roomId: string; text: string }>) {
      state.typed[payload.roomId] = payload.text;
    },
  },
});

export const { roomNamed, roomTyped } = slice.actions;
export const roomNamesReducer = slice.reducer;

/** Returns the name of a room that the server has told, or null. */
export const nameTold = ({ told }: RoomNamesState, roomId: string): string | null =>
  entryOf(told, roomId);

/** Returns the name by which this user has looked for a room, or null. */
export const nameTyped = ({ typed }: RoomNamesState, roomId: string): string | null =>
  entryOf(typed, roomId);

/** Some room ids, such as "constructor", name members that every object inherits. */
const entryOf = (names: Readonly<Record<string, string>>, roomId: string): string | null =>
  Object.hasOwn(names, roomId) ? (names[roomId] ?? null) : null;

/**
 * Returns what this user has typed to get to a room, if the room has another name; otherwise
 * null. Case, and what stands between words, make no other name.
 */
export function otherNameTyped(names: RoomNamesState, roomId: string): string | null {
  const [name, text] = [nameTold(names, roomId), nameTyped(names, roomId)];
  if (name === null || text === null) return null;
  return readAs(text) === readAs(name) ? null : text;
}

const readAs = (name: string): string =>
  name
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "-");
