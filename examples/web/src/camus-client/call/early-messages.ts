// Messages that arrive from a member before its peer connection exists.

import type { MemberMessage } from "../session-events";

/** Enough for an offer, its track names, and the candidates of several networks. */
const MAX_MESSAGES = 64;

/** Characters: twice the largest offer that the server accepts. */
const MAX_CHARACTERS = 128 * 1024;

/** Keeps the last offer of a member and the messages that belong to it. */
export class EarlyMessages {
  #messages: MemberMessage[] = [];
  #characters = 0;

  /** Whether an offer is among the messages. */
  get hasOffer(): boolean {
    return this.#messages.some(({ type }) => type === "offer");
  }

  /** Adds a message; an offer replaces the previous one and the messages that came with it. */
  add(message: MemberMessage): void {
    if (message.type === "offer") {
      this.#messages = this.#messages.filter(({ type }) => type === "x-tracks").slice(-1);
      this.#characters = this.#messages.reduce((sum, one) => sum + lengthOf(one), 0);
    }
    const length = lengthOf(message);
    if (this.#messages.length >= MAX_MESSAGES) return;
    if (this.#characters + length > MAX_CHARACTERS) return;
    this.#messages.push(message);
    this.#characters += length;
  }

  /** Removes and returns the messages, in order. */
  drain(): readonly MemberMessage[] {
    this.#characters = 0;
    return this.#messages.splice(0);
  }
}

const lengthOf = (message: MemberMessage): number => JSON.stringify(message).length;
