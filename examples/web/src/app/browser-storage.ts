// What the browser remembers for the app: across visits, or in one tab only.

import { isObject, parsed } from "../camus-client/frames";
import { choicesIn, sourcesIn } from "../features/settings/settings";
import type { Choices, SourcesOn } from "../features/settings/settings";

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const CHOICES = "camus:choices";
const OWNED = "camus:owned";
const SOURCES = "camus:sources";

/** Rooms that nobody comes back to are over in an hour: more are of no use. */
const MOST_OWNED = 32;

/** Remembers nothing where the browser doesn't let it. */
export class Memory {
  constructor(
    readonly browser: Store | null = allowed(() => localStorage),
    readonly tab: Store | null = allowed(() => sessionStorage),
  ) {}

  /** What was chosen, in this tab or another, at this visit or another. */
  get choices(): Choices {
    return choicesIn(parsed(read(this.browser, CHOICES) ?? ""));
  }

  /** Remembers a choice; what was chosen in another tab meanwhile stays. */
  choose(change: Partial<Choices>): void {
    write(this.browser, CHOICES, JSON.stringify({ ...this.choices, ...change }));
  }

  /** The token of a room that was made here. */
  ownerTokenOf(roomId: string): string | null {
    return this.#owned.find(([id]) => id === roomId)?.[1] ?? null;
  }

  /** Remembers the token of a room, or forgets it. */
  setOwnerToken(roomId: string, token: string | null): void {
    const others = this.#owned.filter(([id]) => id !== roomId);
    const owned = token === null ? others : [...others, [roomId, token]];
    write(this.browser, OWNED, JSON.stringify(Object.fromEntries(owned.slice(-MOST_OWNED))));
  }

  /** What was on in this tab: a page that is loaded again must not unmute anybody. */
  get sourcesOn(): SourcesOn | null {
    return sourcesIn(parsed(read(this.tab, SOURCES) ?? ""));
  }

  set sourcesOn(sources: SourcesOn | null) {
    write(this.tab, SOURCES, JSON.stringify(sources));
  }

  get #owned(): readonly [string, string][] {
    const value = parsed(read(this.browser, OWNED) ?? "");
    return isObject(value)
      ? Object.entries(value).filter((entry): entry is [string, string] => isToken(entry[1]))
      : [];
  }
}

/** What a server gives out is short; what is longer somebody else has put there. */
const isToken = (value: unknown): boolean => typeof value === "string" && value.length <= 1024;

/** A browser that blocks storage throws wherever it is touched. */
function allowed<Value>(touch: () => Value): Value | null {
  try {
    return touch();
  } catch {
    return null;
  }
}

const read = (store: Store | null, name: string): string | null =>
  allowed(() => store?.getItem(name) ?? null);

const write = (store: Store | null, name: string, value: string): void => {
  allowed(() => store?.setItem(name, value));
};
