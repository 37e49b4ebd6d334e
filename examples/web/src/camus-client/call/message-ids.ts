// The ids of the messages with which two peer connections agree.
//
// They say which connection a message is of, and which offer its sender has answered last: what
// is on its way while a side builds its connection anew would otherwise be taken for the new
// one's, and an answer that was lost be waited for. Ids of another form, or none, come from
// clients that don't say so.

const MESSAGE_ID = /^(([0-9a-f]{8})\.\d+)(?:\/([0-9a-f]{8}\.\d+))?$/;

/** What the id of a message says. */
export interface ParsedMessageId {
  /** The peer connection of its sender. */
  readonly connection: string | null;
  /** What it is called where it is answered. */
  readonly message: string | null;
  /** The id of the last offer that its sender has answered, with this message or before. */
  readonly answeredOffer: string | null;
}

/** Reads the id of a message. */
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

/** Returns what a connection is called in its messages; nobody has to guess it. */
export function newConnectionName(): string {
  return Math.floor(Math.random() * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}
