// What a member says to a connection that is not there yet.

import type { Told } from "../session-events";

/** An offer, the names of its tracks, and the candidates of more than one network. */
const MOST_MESSAGES = 64;

/** Characters: an offer as large as the server takes, and as much again. */
const MOST_CHARACTERS = 128 * 1024;

/** Keeps a member's last offer, and what belongs to it. */
export class Held {
  #messages: Told[] = [];
  #characters = 0;

  /** Whether there is an offer. */
  get hasOffer(): boolean {
    return this.#messages.some(({ type }) => type === "offer");
  }

  /** Keeps a message; an offer takes the place of the one before, and of all that came with it. */
  keep(message: Told): void {
    if (message.type === "offer") {
      this.#messages = this.#messages.filter(({ type }) => type === "x-tracks").slice(-1);
      this.#characters = this.#messages.reduce((sum, one) => sum + lengthOf(one), 0);
    }
    const length = lengthOf(message);
    if (this.#messages.length >= MOST_MESSAGES) return;
    if (this.#characters + length > MOST_CHARACTERS) return;
    this.#messages.push(message);
    this.#characters += length;
  }

  /** Returns what was kept, in order, and keeps it no more. */
  take(): readonly Told[] {
    this.#characters = 0;
    return this.#messages.splice(0);
  }
}

const lengthOf = (message: Told): number => JSON.stringify(message).length;
