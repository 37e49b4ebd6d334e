// Who is in the room, and who waits to be let in.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { GROUND_CONTROL } from "../../camus-client";
import type {
  GrantedRole,
  LeaveReason,
  PeerState,
  Question,
  Role,
  SessionClient,
  SharedState,
} from "../../camus-client";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import type { Named } from "./display-names";

/** A member under the name that is shown. */
export type NamedClient = SessionClient & Named;

/** A member, with what is known of its call with this client. */
export interface Member extends NamedClient {
  /** What it has told of itself; null before. */
  readonly doing: SharedState | null;
  /** The connection with it; null for this client itself, and before there is one. */
  readonly connection: PeerState | null;
  /** What arrives from it, by name; of this client itself, what it sends. */
  readonly tracks: readonly string[];
}

/** Somebody who waits to be let in. */
export type Visitor = Named;

export interface PeopleState {
  /** In order of joining. */
  readonly members: readonly Member[];
  readonly waiting: readonly Visitor[];
}

const member = (client: NamedClient): Member => ({
  ...client,
  doing: null,
  connection: null,
  tracks: [],
});

const memberIn = ({ members }: PeopleState, client: NamedClient): Member => ({
  ...(members.find(({ id }) => id === client.id) ?? member(client)),
  ...client,
});

const changed = (
  { members, waiting }: PeopleState,
  id: string,
  change: Partial<Member>,
): PeopleState => ({
  waiting,
  members: members.map((one) => (one.id === id ? { ...one, ...change } : one)),
});

const NOBODY: PeopleState = { members: [], waiting: [] };

const slice = createSlice({
  name: "people",
  initialState: NOBODY,
  reducers: {
    /** Exactly these are in the room; of those who were there before, all else stays. */
    rosterHeard: (state, { payload }: PayloadAction<readonly NamedClient[]>) => ({
      ...state,
      members: payload.map((client) => memberIn(state, client)),
    }),
    /** Of somebody who is known already, all else stays. */
    memberJoined: (state, { payload }: PayloadAction<NamedClient>) => ({
      ...state,
      members: [
        ...state.members.filter(({ id }) => id !== payload.id),
        memberIn(state, payload),
      ],
    }),
    memberLeft: (
      state,
      { payload }: PayloadAction<Named & { readonly reason: LeaveReason }>,
    ) => ({ ...state, members: state.members.filter(({ id }) => id !== payload.id) }),
    memberUpdated: (state, { payload }: PayloadAction<NamedClient>) =>
      changed(state, payload.id, payload),
    memberDoes: (state, { payload }: PayloadAction<Pick<Member, "id" | "doing">>) =>
      changed(state, payload.id, payload),
    connectionChanged: (state, { payload }: PayloadAction<Pick<Member, "id" | "connection">>) =>
      changed(state, payload.id, payload),
    tracksChanged: (state, { payload }: PayloadAction<Pick<Member, "id" | "tracks">>) =>
      changed(state, payload.id, payload),
    waitingHeard: (state, { payload }: PayloadAction<readonly Visitor[]>) => ({
      ...state,
      waiting: payload,
    }),
    visitorCame: (state, { payload }: PayloadAction<Visitor>) => ({
      ...state,
      waiting: [...state.waiting.filter(({ id }) => id !== payload.id), payload],
    }),
    visitorLeft: (state, { payload }: PayloadAction<{ id: string }>) => ({
      ...state,
      waiting: state.waiting.filter(({ id }) => id !== payload.id),
    }),
  },
  extraReducers: (builder) => builder.addCase(roomOpened, () => NOBODY),
});

export const {
  rosterHeard,
  memberJoined,
  memberLeft,
  memberUpdated,
  memberDoes,
  connectionChanged,
  tracksChanged,
  waitingHeard,
  visitorCame,
  visitorLeft,
} = slice.actions;
export const peopleReducer = slice.reducer;

/** Who has which rank: one acts on lower ones only. */
const RANK: Readonly<Record<Role, number>> = { guest: 0, moderator: 1, owner: 2 };

export const mayModerate = (role: Role): boolean => RANK[role] > RANK.guest;

/** What somebody of this role may do to another: send out, and give or take a role. */
export function rightsOver(
  role: Role,
  other: Role,
): { sendOut: boolean; grant: GrantedRole | null } {
  const outranks = RANK[role] > RANK[other];
  if (!outranks || !mayModerate(role)) return { sendOut: false, grant: null };
  return { sendOut: true, grant: other === "guest" ? "moderator" : "guest" };
}

const ask =
  (question: Question): Thunk =>
  (_dispatch, _getState, { call }) =>
    call.ask(question);

const receiver = GROUND_CONTROL;

export const memberKicked = (id: string): Thunk =>
  ask({ type: "kick", receiver, data: { id } });
export const memberBanned = (id: string): Thunk => ask({ type: "ban", receiver, data: { id } });
export const roleGranted = (id: string, role: GrantedRole): Thunk =>
  ask({ type: "set-role", receiver, data: { id, role } });
export const roomLocked = (locked: boolean): Thunk =>
  ask({ type: "lock", receiver, data: { locked } });
export const visitorAdmitted = (id: string): Thunk =>
  ask({ type: "admit", receiver, data: { id } });
export const visitorDenied = (id: string): Thunk =>
  ask({ type: "deny", receiver, data: { id } });
