// Requests to the server, and the replies to them.

import { REPLY_TYPES, type Replies } from "./generated";
import type * as m from "./generated";

/** A message to which the server replies. */
export type ServerRequest = Extract<m.Said, { readonly type: keyof Replies }>;

/** Returns whether a message is the reply to a request of this type. */
export function isReplyTo<Type extends keyof Replies>(
  type: Type,
  message: m.Heard,
): message is m.Heard & Replies[Type] {
  return message.type === REPLY_TYPES[type];
}

/** The server refuses a request. Programs can rely on `error.code`. */
export class Refused extends Error {
  constructor(readonly error: m.ErrorBody) {
    super(`${error.code}: ${error.message}`);
  }
}

/**
 * There will be no reply: the session could not be resumed. The request may or may not have
 * been handled.
 */
export class NoReply extends Error {}

interface PendingRequest {
  settle(message: m.Heard): void;
  fail(error: Error): void;
}

/** The requests of one session that have no reply yet. */
export class Requests {
  readonly #pending = new Map<string, PendingRequest>();
  #last = 0;

  /** Returns whether the message with this id is a request without a reply. */
  has(id: string | null | undefined): boolean {
    return this.#pending.has(id ?? "");
  }

  /** Returns a new id for a request. */
  nextId(): string {
    this.#last += 1;
    return `request-${this.#last}`;
  }

  /**
   * Waits for the reply to the request with this id.
   *
   * @throws Refused - the server refuses the request.
   * @throws Error - the error passed to `failAll` or `withdraw`.
   */
  replyTo<Type extends keyof Replies>(
    id: string,
    type: Type,
  ): Promise<m.Heard & Replies[Type]> {
    return new Promise((resolve, reject) => {
      this.#pending.set(id, {
        fail: reject,
        settle(message) {
          if (isReplyTo(type, message)) resolve(message);
          else if (message.type === "error") reject(new Refused(message.data));
          else reject(new NoReply(`\`${message.type}\` is no reply to \`${type}\``));
        },
      });
    });
  }

  /** Returns a new id for a request, the reply to which is dropped. */
  idWithoutCaller(): string {
    const id = this.nextId();
    this.#pending.set(id, { settle: () => undefined, fail: () => undefined });
    return id;
  }

  /** Settles the request that a message replies to; returns whether there is one. */
  settle(message: m.Heard): boolean {
    const pending = this.#pending.get(message.reply_to ?? "");
    if (pending === undefined) return false;
    this.#pending.delete(message.reply_to ?? "");
    pending.settle(message);
    return true;
  }

  /** Fails a request that was not sent. */
  withdraw(id: string, error: Error): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.fail(error);
  }

  /** Fails all requests. */
  failAll(error: Error): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.fail(error);
  }
}
