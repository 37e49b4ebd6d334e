// The invitations to a room: for its moderators, and for those who have the link of one.

import { GROUND_CONTROL } from "./generated";
import type { CreateInvitationBody, InvitationCreatedBody, InvitationInfo } from "./generated";
import type { Session } from "./session";

const IN_FRAGMENT = /#.*[?&]invitation=([0-9a-f]{64})(?:&|$)/;

/**
 * Makes an invitation; its secret is told only now.
 *
 * @param wanted - its name for those who list them, its role, its times in UNIX seconds, and the
 *   number of people who may come with it.
 * @throws Refused - this client is no moderator, the name or a time isn't one, or the room has
 *   too many invitations; and see `Session.request`.
 */
export async function createInvitation(
  session: Pick<Session, "request">,
  wanted: CreateInvitationBody = {},
): Promise<InvitationCreatedBody> {
  const type = "create-invitation";
  return (await session.request({ type, receiver: GROUND_CONTROL, data: wanted })).data;
}

/**
 * Returns the invitations to the room, the oldest first.
 *
 * @throws Refused - this client is no moderator; and see `Session.request`.
 */
export async function listInvitations(
  session: Pick<Session, "request">,
): Promise<readonly InvitationInfo[]> {
  return (await session.request({ type: "list-invitations", receiver: GROUND_CONTROL })).data;
}

/**
 * Ends an invitation. Members who have come with it stay.
 *
 * @param id - the id that `listInvitations` gives it.
 * @throws Refused - there is no such invitation, or only an owner may revoke it; and see
 *   `Session.request`.
 */
export async function revokeInvitation(
  session: Pick<Session, "request">,
  id: string,
): Promise<void> {
  const type = "revoke-invitation";
  await session.request({ type, receiver: GROUND_CONTROL, data: { id } });
}

/** Returns the link to a room, which has a fragment, with the secret of an invitation. */
export function withInvitation(link: string, secret: string): string {
  const separator = /#.*\?/.test(link) ? "&" : "?";
  return `${link}${separator}invitation=${secret}`;
}

/** Returns the secret of the invitation in a link or its fragment, for `join`, or null. */
export function invitationIn(link: string): string | null {
  return IN_FRAGMENT.exec(link)?.[1] ?? null;
}
