// What a member says to a connection that is not there yet.

import type { MemberMessage } from "../session-events";

/** An offer, the names of its tracks, and the candidates of more than one network. */
const MAX_MESSAGES = 64;

/** Characters: an offer as large as the server takes, and as much again. */
const MAX_CHARACTERS = 128 * 1024;

/** Keeps a member's last offer, and what belongs to it. */
export class EarlyMessages {
  #messages: MemberMessage[] = [];
  #characters = 0;

  /** Whether there is an offer. */
  get hasOffer(): boolean {
    return this.#messages.some(({ type }) => type === "offer");
  }

  /** Keeps a message; an offer takes the place of the one before, and of all that came with it. */
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

  /** Returns what was kept, in order, and keeps it no more. */
  drain(): readonly MemberMessage[] {
    this.#characters = 0;
    return this.#messages.splice(0);
  }
}

const lengthOf = (message: MemberMessage): number => JSON.stringify(message).length;
