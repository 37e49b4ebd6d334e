// The bans of a room, for its moderators.

import { GROUND_CONTROL } from "./generated";
import type { BanInfo } from "./generated";
import type { Session } from "./session";

/**
 * Returns the bans of the room, the oldest first.
 *
 * @throws Refused - this client is no moderator; and see `Session.request`.
 */
export async function listBans(session: Pick<Session, "request">): Promise<readonly BanInfo[]> {
  return (await session.request({ type: "list-bans", receiver: GROUND_CONTROL })).data;
}

/**
 * Ends a ban.
 *
 * @param id - the id that `listBans` gives it.
 * @throws Refused - there is no such ban, or only an owner may end it; and see
 *   `Session.request`.
 */
export async function unban(session: Pick<Session, "request">, id: string): Promise<void> {
  await session.request({ type: "unban", receiver: GROUND_CONTROL, data: { id } });
}
