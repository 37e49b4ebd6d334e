// The state of this client's session with its room.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import type { Role } from "../../camus-client";
import type { WaitReason, EndReason } from "./end-reasons";

/** The connection was lost, or could not be opened yet. `nextTry` is in UNIX seconds. */
export interface Disconnection {
  readonly at: "away";
  readonly nextTry: number;
  /** The reason why the server can't accept the client at the moment, if known. */
  readonly waitReason: WaitReason | null;
  /** The time at which the room opens, in UNIX seconds; null unless the client waits for that. */
  readonly opensAt: number | null;
}

export type Presence =
  | { readonly at: "outside"; readonly refusal: EndReason | null }
  | { readonly at: "joining" }
  /** `isModerated` tells whether somebody was there who can let this client in. */
  | { readonly at: "waiting"; readonly isModerated: boolean }
  | { readonly at: "inside" }
  | Disconnection
  | {
      readonly at: "ended";
      readonly reason: EndReason;
      /** The words of the moderator who has sent this client out, if there are any. */
      readonly words: string | null;
    };

export interface SessionState {
  /** The room of the page; null on the landing page. */
  readonly roomId: string | null;
  readonly presence: Presence;
  /** This client's id in its room; null before it has joined. */
  readonly me: string | null;
  readonly role: Role;
  readonly isLocked: boolean;
  /** The capabilities of the server. */
  readonly capabilities: readonly string[];
}

/** The content of `joined` that concerns the client and its room. */
export type Arrival = Pick<SessionState, "role" | "isLocked" | "capabilities"> & {
  readonly me: string;
};

const OUTSIDE: Presence = { at: "outside", refusal: null };

const initialState: SessionState = {
  roomId: null,
  presence: OUTSIDE,
  me: null,
  role: "guest",
  isLocked: false,
  capabilities: [],
};

const slice = createSlice({
  name: "session",
  initialState,
  reducers: {
    /** The page has changed to this room, or to the landing page. */
    roomOpened: (_, { payload }: PayloadAction<string | null>) => ({
      ...initialState,
      roomId: payload,
    }),
    joining(state) {
      state.presence = { at: "joining" };
    },
    waiting(state, { payload }: PayloadAction<{ readonly isModerated: boolean }>) {
      state.presence = { at: "waiting", ...payload };
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
    /**
     * A client that was never in the room may try again; one that was, or that a moderator has
     * turned away, sees the reason for the end.
     */
    sessionEnded: {
      prepare: (reason: EndReason, words: string | null = null) => ({
        payload: { reason, words },
      }),
      reducer(
        state,
        {
          payload: { reason, words },
        }: PayloadAction<{ readonly reason: EndReason; readonly words: string | null }>,
      ) {
        const isRefusal = state.me === null && reason !== "denied" && words === null;
        state.presence = isRefusal
          ? { at: "outside", refusal: reason === "left" ? null : reason }
          : { at: "ended", reason, words };
      },
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
