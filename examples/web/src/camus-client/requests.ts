// Requests to the server, and their answers.

import type * as m from "./generated";

/** What the server answers to each request, by the request's type. */
export interface Answers {
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
export type Question = Extract<m.Said, { readonly type: keyof Answers }>;

/** Which message answers which. */
const ANSWERED_BY: { readonly [Type in keyof Answers]: Answers[Type]["type"] } = {
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
export function isAnswerTo<Type extends keyof Answers>(
  type: Type,
  message: m.Heard,
): message is m.Heard & Answers[Type] {
  return message.type === ANSWERED_BY[type];
}

/** The server refuses what it was asked for. `error.code` is what programs rely on. */
export class Refused extends Error {
  constructor(readonly error: m.ErrorBody) {
    super(`${error.code}: ${error.message}`);
  }
}

/** The session could not be resumed: the request may have been handled or not. */
export class Unanswered extends Error {}

interface Waiting {
  hear(message: m.Heard): void;
  fail(error: Error): void;
}

/** Those of one session that wait for their answers. */
export class Requests {
  readonly #waiting = new Map<string, Waiting>();
  #last = 0;

  /** Tells whether somebody waits for the answer to the message with this id. */
  has(id: string | null | undefined): boolean {
    return this.#waiting.has(id ?? "");
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
  answerTo<Type extends keyof Answers>(
    id: string,
    type: Type,
  ): Promise<m.Heard & Answers[Type]> {
    return new Promise((answered, failed) => {
      this.#waiting.set(id, {
        fail: failed,
        hear(message) {
          if (isAnswerTo(type, message)) answered(message);
          else if (message.type === "error") failed(new Refused(message.data));
          else failed(new Unanswered(`\`${message.type}\` is no answer to \`${type}\``));
        },
      });
    });
  }

  /** Tells whether a message of the server's is an answer, and hands it over if it is. */
  take(message: m.Heard): boolean {
    const waiting = this.#waiting.get(message.reply_to ?? "");
    if (waiting === undefined) return false;
    this.#waiting.delete(message.reply_to ?? "");
    waiting.hear(message);
    return true;
  }

  /** The question with this id was not asked after all. */
  withdraw(id: string, error: Error): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.fail(error);
  }

  /** There will be no answers. */
  fail(error: Error): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const one of waiting) one.fail(error);
  }
}
