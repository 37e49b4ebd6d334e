// Where this client is on its way into a room, through it, and out of it.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Role } from "../../camus-client";
import type { WaitReason, EndReason } from "./end-reasons";

/** The connection is lost, or could not be had yet; `nextTry` is in UNIX seconds. */
export interface Disconnection {
  readonly at: "away";
  readonly nextTry: number;
  /** Why the server has no place at the moment, where it says so. */
  readonly waitReason: WaitReason | null;
}

export type Presence =
  | { readonly at: "outside"; readonly refusal: EndReason | null }
  | { readonly at: "joining" }
  | { readonly at: "waiting" }
  | { readonly at: "inside" }
  | Disconnection
  | { readonly at: "ended"; readonly reason: EndReason };

export interface SessionState {
  /** The room that the page is about; null on the landing page. */
  readonly roomId: string | null;
  readonly presence: Presence;
  /** This client's id, in the room that it is in. */
  readonly me: string | null;
  readonly role: Role;
  readonly isLocked: boolean;
}

/** What `joined` says of the client and its room. */
export type Arrival = Pick<SessionState, "role" | "isLocked"> & { readonly me: string };

const OUTSIDE: Presence = { at: "outside", refusal: null };

const initialState: SessionState = {
  roomId: null,
  presence: OUTSIDE,
  me: null,
  role: "guest",
  isLocked: false,
};

const slice = createSlice({
  name: "session",
  initialState,
  reducers: {
    /** The page is about this room now, or about none. */
    roomOpened: (_, { payload }: PayloadAction<string | null>) => ({
      ...initialState,
      roomId: payload,
    }),
    joining(state) {
      state.presence = { at: "joining" };
    },
    waiting(state) {
      state.presence = { at: "waiting" };
    },
    arrived: (state, { payload }: PayloadAction<Arrival>) => ({
      ...state,
      ...payload,
      presence: { at: "inside" },
    }),
    connectionLost(state, { payload }: PayloadAction<Omit<Disconnection, "at">>) {
      state.presence = { at: "away", ...payload };
    },
    roleChanged(state, { payload }: PayloadAction<Role>) {
      state.role = payload;
    },
    lockChanged(state, { payload }: PayloadAction<boolean>) {
      state.isLocked = payload;
    },
    /** Who has not been in the room yet may try again; who has been is told what has happened. */
    sessionEnded(state, { payload }: PayloadAction<EndReason>) {
      const isRefusal = state.me === null && payload !== "denied";
      state.presence = isRefusal
        ? { at: "outside", refusal: payload === "left" ? null : payload }
        : { at: "ended", reason: payload };
    },
  },
});

export const {
  roomOpened,
  joining,
  waiting,
  arrived,
  connectionLost,
  roleChanged,
  lockChanged,
  sessionEnded,
} = slice.actions;
export const sessionReducer = slice.reducer;
