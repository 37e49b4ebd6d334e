// The members of the room, and the clients in its waiting room.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { GROUND_CONTROL } from "../../camus-client";
import type {
  GrantedRole,
  LeaveReason,
  PeerState,
  ServerRequest,
  Role,
  SessionClient,
  MemberState,
} from "../../camus-client";
import type { Thunk } from "../../app/store";
import { roomOpened } from "../call/session-slice";
import type { SessionState } from "../call/session-slice";
import type { Named } from "./display-names";

/** A member with its display name. */
export type NamedClient = SessionClient & Named;

/** A member, with the state of the call with it. */
export interface Member extends NamedClient {
  /** The state that it has announced; null before. */
  readonly state: MemberState | null;
  /**
   * The state of the connection with it; null for this client itself, and before there is one.
   */
  readonly connection: PeerState | null;
  /** The names of the tracks received from it or, for this client itself, sent. */
  readonly tracks: readonly string[];
}

/** A client in the waiting room. */
export type WaitingClient = Named;

export interface PeopleState {
  /** In order of joining. */
  readonly members: readonly Member[];
  readonly waiting: readonly WaitingClient[];
}

const member = (client: NamedClient): Member => ({
  ...client,
  state: null,
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

const EMPTY: PeopleState = { members: [], waiting: [] };

const slice = createSlice({
  name: "people",
  initialState: EMPTY,
  reducers: {
    /** The whole roster; what else is known of members already present stays. */
    rosterReplaced: (state, { payload }: PayloadAction<readonly NamedClient[]>) => ({
      ...state,
      members: payload.map((client) => memberIn(state, client)),
    }),
    /** What else is known of a member already present stays. */
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
    memberStateChanged: (state, { payload }: PayloadAction<Pick<Member, "id" | "state">>) =>
      changed(state, payload.id, payload),
    connectionChanged: (state, { payload }: PayloadAction<Pick<Member, "id" | "connection">>) =>
      changed(state, payload.id, payload),
    tracksChanged: (state, { payload }: PayloadAction<Pick<Member, "id" | "tracks">>) =>
      changed(state, payload.id, payload),
    waitingRoomReplaced: (state, { payload }: PayloadAction<readonly WaitingClient[]>) => ({
      ...state,
      waiting: payload,
    }),
    waitingClientCame: (state, { payload }: PayloadAction<WaitingClient>) => ({
      ...state,
      waiting: [...state.waiting.filter(({ id }) => id !== payload.id), payload],
    }),
    waitingClientLeft: (state, { payload }: PayloadAction<{ id: string }>) => ({
      ...state,
      waiting: state.waiting.filter(({ id }) => id !== payload.id),
    }),
  },
  extraReducers: (builder) => builder.addCase(roomOpened, () => EMPTY),
});

export const {
  rosterReplaced,
  memberJoined,
  memberLeft,
  memberUpdated,
  memberStateChanged,
  connectionChanged,
  tracksChanged,
  waitingRoomReplaced,
  waitingClientCame,
  waitingClientLeft,
} = slice.actions;
export const peopleReducer = slice.reducer;

/** The ranks of the roles: a member may moderate lower ranks only. */
const RANK: Readonly<Record<Role, number>> = { guest: 0, moderator: 1, owner: 2 };

export const mayModerate = (role: Role): boolean => RANK[role] > RANK.guest;

/** Returns whether this client may moderate by requests that need a capability of the server. */
export const mayModerateWith = (
  { role, capabilities }: SessionState,
  capability: string,
): boolean => mayModerate(role) && capabilities.includes(capability);

/**
 * Returns the permissions of one role over another: to remove a member, and to grant a role.
 */
export function permissionsOver(
  role: Role,
  other: Role,
): { mayRemove: boolean; grant: GrantedRole | null } {
  const outranks = RANK[role] > RANK[other];
  if (!outranks || !mayModerate(role)) return { mayRemove: false, grant: null };
  return { mayRemove: true, grant: other === "guest" ? "moderator" : "guest" };
}

const request =
  (message: ServerRequest): Thunk =>
  (_dispatch, _getState, { call }) =>
    call.request(message);

const receiver = GROUND_CONTROL;

export const memberKicked = (id: string): Thunk =>
  request({ type: "kick", receiver, data: { id } });
export const memberBanned = (id: string): Thunk =>
  request({ type: "ban", receiver, data: { id } });
export const roleGranted = (id: string, role: GrantedRole): Thunk =>
  request({ type: "set-role", receiver, data: { id, role } });
export const roomLocked = (locked: boolean): Thunk =>
  request({ type: "lock", receiver, data: { locked } });
export const waitingClientAdmitted = (id: string): Thunk =>
  request({ type: "admit", receiver, data: { id } });
export const waitingClientDenied = (id: string): Thunk =>
  request({ type: "deny", receiver, data: { id } });
