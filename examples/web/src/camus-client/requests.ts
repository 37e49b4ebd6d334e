// Requests to the server, and their answers.

import type * as m from "./generated";

/** What the server answers to each request, by the request's type. */
export interface Replies {
  profile: m.Done;
  "get-room-info": m.RoomInfo;
  "get-ice-servers": m.IceServers;
  "create-room": m.RoomCreated;
  "list-rooms": m.Rooms;
  kick: m.Done;
  ban: m.Done;
  "set-role": m.Done;
  lock: m.Done;
  admit: m.Done;
  deny: m.Done;
}

/** A message that the server answers. */
export type ServerRequest = Extract<m.Said, { readonly type: keyof Replies }>;

/** Which message answers which. */
const REPLY_TYPES: { readonly [Type in keyof Replies]: Replies[Type]["type"] } = {
  profile: "done",
  "get-room-info": "room-info",
  "get-ice-servers": "ice-servers",
  "create-room": "room-created",
  "list-rooms": "rooms",
  kick: "done",
  ban: "done",
  "set-role": "done",
  lock: "done",
  admit: "done",
  deny: "done",
};

/** Tells whether a message is the answer to a question of this type. */
export function isReplyTo<Type extends keyof Replies>(
  type: Type,
  message: m.Heard,
): message is m.Heard & Replies[Type] {
  return message.type === REPLY_TYPES[type];
}

/** The server refuses what it was asked for. `error.code` is what programs rely on. */
export class Refused extends Error {
  constructor(readonly error: m.ErrorBody) {
    super(`${error.code}: ${error.message}`);
  }
}

/** The session could not be resumed: the request may have been handled or not. */
export class NoReply extends Error {}

interface PendingRequest {
  settle(message: m.Heard): void;
  failAll(error: Error): void;
}

/** Those of one session that wait for their answers. */
export class Requests {
  readonly #pending = new Map<string, PendingRequest>();
  #last = 0;

  /** Tells whether somebody waits for the answer to the message with this id. */
  has(id: string | null | undefined): boolean {
    return this.#pending.has(id ?? "");
  }

  /** Returns an id for a question. */
  nextId(): string {
    this.#last += 1;
    return `request-${this.#last}`;
  }

  /**
   * Waits for the answer to the question with this id.
   *
   * @throws Refused - the server says no.
   * @throws Error - what `fail` was called with.
   */
  replyTo<Type extends keyof Replies>(
    id: string,
    type: Type,
  ): Promise<m.Heard & Replies[Type]> {
    return new Promise((answered, failed) => {
      this.#pending.set(id, {
        failAll: failed,
        settle(message) {
          if (isReplyTo(type, message)) answered(message);
          else if (message.type === "error") failed(new Refused(message.data));
          else failed(new NoReply(`\`${message.type}\` is no answer to \`${type}\``));
        },
      });
    });
  }

  /** Tells whether a message of the server's is an answer, and hands it over if it is. */
  settle(message: m.Heard): boolean {
    const pending = this.#pending.get(message.reply_to ?? "");
    if (pending === undefined) return false;
    this.#pending.delete(message.reply_to ?? "");
    pending.settle(message);
    return true;
  }

  /** The question with this id was not asked after all. */
  withdraw(id: string, error: Error): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.failAll(error);
  }

  /** There will be no answers. */
  fail(error: Error): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.failAll(error);
  }
}
