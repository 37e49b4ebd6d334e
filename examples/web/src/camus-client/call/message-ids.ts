// The ids of signaling messages between two peer connections.
//
// An id names the sender's peer connection, and the last offer that the sender has answered.
// Otherwise a message in flight while one side rebuilds its connection would be taken for one
// of the new connection, and a lost answer would be awaited forever. Ids of another form, or
// none, come from clients that don't follow this convention.

const MESSAGE_ID = /^(([0-9a-f]{8})\.\d+)(?:\/([0-9a-f]{8}\.\d+))?$/;

/** A parsed message id. */
export interface ParsedMessageId {
  /** The name of the sender's peer connection. */
  readonly connection: string | null;
  /** The id without its answered offer: the form in which an answer refers to the message. */
  readonly message: string | null;
  /** The id of the last offer that the sender has answered, with this message or before. */
  readonly answeredOffer: string | null;
}

/** Parses the id of a message. */
export function parseMessageId(id: string | null | undefined): ParsedMessageId {
  const [, name, connection, answered] = MESSAGE_ID.exec(id ?? "") ?? [];
  return {
    connection: connection ?? null,
    message: name ?? null,
    answeredOffer: answered ?? null,
  };
}

/** Returns the id of the n-th message of a connection. */
export function messageId(connection: string, n: number, answered: string | null): string {
  return answered === null ? `${connection}.${n}` : `${connection}.${n}/${answered}`;
}

/** Returns a random name for a connection. It need not be unguessable. */
export function newConnectionName(): string {
  return Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}
