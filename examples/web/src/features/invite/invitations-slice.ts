// The invitations to the room, which moderators make, list and revoke.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import {
  createInvitation,
  listInvitations,
  Refused,
  revokeInvitation,
} from "../../camus-client";
import type { CreateInvitationBody, InvitationInfo } from "../../camus-client";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import { noticed, refusalNews } from "../notices/notices-slice";
import { mayTakeBack } from "../people/take-back";

/** The reason why an invitation wasn't made. */
export type InvitationProblem = "too-many" | "invalid" | "failed";

export interface InvitationsState {
  /** The oldest first; null before the server has listed them. */
  readonly listed: readonly InvitationInfo[] | null;
  /** The secret of the last invitation made, which the server tells once. */
  readonly secret: string | null;
  readonly isMaking: boolean;
  readonly problem: InvitationProblem | null;
  /** The id of the invitation that only an owner may revoke, after this client has tried. */
  readonly refused: string | null;
}

const EMPTY: InvitationsState = {
  listed: null,
  secret: null,
  isMaking: false,
  problem: null,
  refused: null,
};

const slice = createSlice({
  name: "invitations",
  initialState: EMPTY,
  reducers: {
    invitationsListed: (
      state,
      { payload }: PayloadAction<readonly InvitationInfo[]>,
    ): InvitationsState => ({ ...state, listed: payload }),
    making: (state): InvitationsState => ({
      ...state,
      isMaking: true,
      secret: null,
      problem: null,
    }),
    made: (state, { payload }: PayloadAction<string>): InvitationsState => ({
      ...state,
      isMaking: false,
      secret: payload,
    }),
    makingFailed: (state, { payload }: PayloadAction<InvitationProblem>): InvitationsState => ({
      ...state,
      isMaking: false,
      problem: payload,
    }),
    revocationRefused: (
      state,
      { payload }: PayloadAction<string | null>,
    ): InvitationsState => ({ ...state, refused: payload }),
    /** The dialog has closed: the secret isn't shown again. */
    invitationsClosed: () => EMPTY,
  },
  extraReducers: (builder) => builder.addCase(roomOpened, () => EMPTY),
});

const { invitationsListed, making, made, makingFailed, revocationRefused } = slice.actions;
export const { invitationsClosed } = slice.actions;
export const invitationsReducer = slice.reducer;

/** Requests the list of invitations. */
export const invitationsRequested =
  (): Thunk =>
  async (dispatch, _, { call }) => {
    try {
      dispatch(invitationsListed(await listInvitations(call.session)));
    } catch (error) {
      dispatch(noticed(refusalNews(error)));
    }
  };

const PROBLEM_OF_ERROR: Readonly<Record<string, InvitationProblem>> = {
  "too-many-invitations": "too-many",
  "malformed-message": "invalid",
  "invalid-name": "invalid",
};

/** Makes an invitation, and shows its link. */
export const invitationWanted =
  (wanted: CreateInvitationBody): Thunk =>
  async (dispatch, _, { call }) => {
    dispatch(making());
    try {
      dispatch(made((await createInvitation(call.session, wanted)).secret));
    } catch (error) {
      const code = error instanceof Refused ? error.error.code : "";
      dispatch(makingFailed(PROBLEM_OF_ERROR[code] ?? "failed"));
    }
    dispatch(invitationsRequested());
  };

/** Revokes an invitation, also one that is gone already. */
export const invitationRevoked =
  (id: string): Thunk =>
  async (dispatch, _, { call }) => {
    dispatch(revocationRefused(null));
    const may = await mayTakeBack(() => revokeInvitation(call.session, id), dispatch);
    if (!may) dispatch(revocationRefused(id));
    dispatch(invitationsRequested());
  };
