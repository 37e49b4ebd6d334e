// The attributes of a room and its members: conventions, and what a client says again.
//
// A server stores no attributes. So a client that comes back to another server sets its own
// again, and a moderator also those of the room, and `speak` of others (rule CLIENT-37).

import { GROUND_CONTROL } from "./generated";
import type {
  JoinedBody,
  Role,
  SessionClient,
  SetAttributes,
  SetRoomAttributes,
} from "./generated";

/** The attributes of a member or a room. A name may be any string, `toString` too. */
export type Attributes = Readonly<Record<string, string>>;

/** The attribute of a member that only owners and moderators set; and that of a moderated room. */
export const SPEAK = "speak";

/** The attribute of a member whose hand is up: a number, the lowest of which comes first. */
export const HAND = "hand";

const HIGHEST_HAND = 10 ** 15 - 1;

const RANK: Readonly<Record<Role, number>> = { guest: 0, moderator: 1, owner: 2 };

/** Returns the members whose hand is up, in order; the roster is in order of joining. */
export function raisedHands(clients: Iterable<SessionClient>): SessionClient[] {
  return [...clients]
    .flatMap((client) => {
      const number = handOf(client);
      return number === null ? [] : [{ client, number }];
    })
    .sort((one, other) => one.number - other.number)
    .map(({ client }) => client);
}

/** Returns the value of `HAND` with which a member raises its hand as the last. */
export function nextHand(clients: Iterable<SessionClient>): string {
  const highest = [...clients].reduce((most, one) => Math.max(most, handOf(one) ?? 0), 0);
  return String(Math.min(highest + 1, HIGHEST_HAND));
}

function handOf({ attributes }: SessionClient): number | null {
  const value = attributes?.[HAND] ?? "";
  return /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
}

/**
 * Returns false if a member is not to be played: it has lost `speak` in a moderated room.
 *
 * @param room - the attributes of the room.
 */
export function maySpeak(client: SessionClient, room: Attributes): boolean {
  return room[SPEAK] !== "moderated" || client.attributes?.[SPEAK] !== "no";
}

/** Returns the attributes that a member has set itself. */
export function ownAttributes(client: SessionClient | undefined): Attributes {
  return without([SPEAK], client?.attributes ?? {});
}

function without(names: readonly string[], attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => !names.includes(name)),
  );
}

/** The state of a client before its session was lost. */
export interface AttributesBefore {
  readonly own: Attributes;
  readonly room: Attributes;
  readonly clients: ReadonlyMap<string, SessionClient>;
}

/** Returns the requests that set again what a server doesn't know any more. */
export function saidAgain(
  { own, room, clients }: AttributesBefore,
  joined: JoinedBody,
): (SetAttributes | SetRoomAttributes)[] {
  const isKept = joined.resumed || joined.reason === "overflow";
  if (isKept || !joined.capabilities.includes("attributes")) return [];
  const roster = joined.clients ?? [];
  const there = roster.find(({ id }) => id === joined.id)?.attributes ?? {};
  const missing = without(Object.keys(there), own);
  const requests: (SetAttributes | SetRoomAttributes)[] = [];
  if (!isEmpty(missing)) requests.push(setAttributes(missing));
  if (joined.reason !== "restarted" || joined.role === "guest") return requests;
  if (!isEmpty(room) && isEmpty(joined.attributes ?? {})) {
    const data = { attributes: room };
    requests.push({ type: "set-room-attributes", receiver: GROUND_CONTROL, data });
  }
  for (const { id, role, attributes } of roster) {
    const speak = clients.get(id)?.attributes?.[SPEAK];
    const isLost = speak !== undefined && attributes?.[SPEAK] === undefined;
    if (isLost && RANK[role] < RANK[joined.role]) {
      requests.push(setAttributes({ [SPEAK]: speak }, id));
    }
  }
  return requests;
}

const isEmpty = (attributes: Attributes): boolean => Object.keys(attributes).length === 0;

function setAttributes(attributes: Attributes, id: string | null = null): SetAttributes {
  return {
    type: "set-attributes",
    receiver: GROUND_CONTROL,
    data: id === null ? { attributes } : { attributes, id },
  };
}
