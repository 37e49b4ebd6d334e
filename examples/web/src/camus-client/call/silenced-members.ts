// The members that are not to be played, because they have lost `speak` in a moderated room.

import { maySpeak } from "../attributes";
import type { Session } from "../session";

/** The members whose sound a receiver leaves out, kept current by a session's events. */
export class SilencedMembers {
  readonly #ids = new Set<string>();
  readonly #session: Pick<Session, "on" | "clients" | "attributes">;
  readonly #changed: (id: string, silenced: boolean) => void;

  constructor(
    session: Pick<Session, "on" | "clients" | "attributes">,
    changed: (id: string, silenced: boolean) => void,
  ) {
    this.#session = session;
    this.#changed = changed;
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** Starts to follow the session; returns the functions that end it. */
  follow(): (() => void)[] {
    this.#update();
    const update = (): void => this.#update();
    return [
      this.#session.on("entered", update),
      this.#session.on("client-joined", update),
      this.#session.on("client-left", update),
      this.#session.on("client-updated", update),
      this.#session.on("room-updated", update),
    ];
  }

  #update(): void {
    const { clients, attributes } = this.#session;
    for (const id of [...this.#ids]) if (!clients.has(id)) this.#ids.delete(id);
    for (const [id, client] of clients) {
      const silenced = !maySpeak(client, attributes);
      if (silenced === this.#ids.has(id)) continue;
      if (silenced) this.#ids.add(id);
      else this.#ids.delete(id);
      this.#changed(id, silenced);
    }
  }
}
