// What a client presents when it joins: by it the server knows a client that it has met before.

import type { JoinBody, JoinedBody, WaitingBody } from "./generated";
import { pageGuestToken } from "./guest-tokens";
import type { GuestTokenStore } from "./guest-tokens";
import type { ResumableState } from "./resumable-state";
import type { SessionOptions } from "./session-options";
import type { StoredSession } from "./session-store";

/**
 * The body of a session's `join`, with the tokens that the server has given the client: of its
 * session, of its turn in the waiting room, and of a guest. They outlive the page if the caller
 * stores them.
 */
export class JoinCredentials {
  readonly #options: SessionOptions;
  readonly #guestToken: GuestTokenStore;
  #stored: StoredSession | null = null;
  #turn: string | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#guestToken = options.guestToken ?? pageGuestToken();
  }

  /** Opens the store of the session; call it before the others. */
  async open(): Promise<void> {
    this.#stored = (await this.#options.store?.open()) ?? null;
  }

  /** Whether a session or a turn is stored, which may still be known to the server. */
  get areStored(): boolean {
    return (this.#stored?.resumeToken ?? null) !== null;
  }

  /** Returns the body of the next `join`; `state` is that of the session, once it has joined. */
  joinBody(state: ResumableState | null): JoinBody {
    const guestToken = this.#guestToken.read();
    const join = { ...this.#options.join, ...(guestToken && { guest_token: guestToken }) };
    if (this.#turn !== null) return { ...join, resume: { session: this.#turn } };
    if (state) return state.room.resumeBody(join, state.delivery.received);
    const session = this.#stored?.resumeToken ?? null;
    return session === null ? join : { ...join, resume: { session } };
  }

  /** Keeps the tokens of a client that waits. */
  keepTurn({ session, guest_token }: WaitingBody): void {
    this.#turn = session ?? null;
    this.#keep(session, guest_token);
  }

  /** Keeps the tokens of a client that has joined. */
  keepSession({ session, guest_token }: JoinedBody): void {
    this.#turn = null;
    this.#keep(session, guest_token);
  }

  #keep(session: string | null | undefined, guestToken: string | null | undefined): void {
    if (session) this.#stored?.write(session);
    if (guestToken) this.#guestToken.write(guestToken);
  }

  /** Removes what is stored of the session, because it has ended. */
  remove(): void {
    this.#stored?.remove();
  }
}
