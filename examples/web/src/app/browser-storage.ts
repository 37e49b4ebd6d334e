// What the browser remembers for the app: across visits, or in one tab only.

import { isObject, parseJson } from "../camus-client/frames";
import { settingsIn, sourcesOnIn } from "../features/settings/settings";
import type { Settings, SourcesOn } from "../features/settings/settings";

type WebStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const SETTINGS_KEY = "camus:choices";
const OWNER_TOKENS_KEY = "camus:owned";
const SOURCES_KEY = "camus:sources";

/** Rooms that nobody comes back to are over in an hour: more are of no use. */
const MAX_OWNER_TOKENS = 32;

/** Remembers nothing where the browser doesn't let it. */
export class BrowserStorage {
  constructor(
    readonly browser: WebStorage | null = ifAllowed(() => localStorage),
    readonly tab: WebStorage | null = ifAllowed(() => sessionStorage),
  ) {}

  /** What was chosen, in this tab or another, at this visit or another. */
  get settings(): Settings {
    return settingsIn(parseJson(read(this.browser, SETTINGS_KEY) ?? ""));
  }

  /** Remembers a choice; what was chosen in another tab meanwhile stays. */
  saveSettings(change: Partial<Settings>): void {
    write(this.browser, SETTINGS_KEY, JSON.stringify({ ...this.settings, ...change }));
  }

  /** The token of a room that was made here. */
  ownerTokenOf(roomId: string): string | null {
    return this.#ownerTokens.find(([id]) => id === roomId)?.[1] ?? null;
  }

  /** Remembers the token of a room, or forgets it. */
  setOwnerToken(roomId: string, token: string | null): void {
    const others = this.#ownerTokens.filter(([id]) => id !== roomId);
    const owned = token === null ? others : [...others, [roomId, token]];
    write(
      this.browser,
      OWNER_TOKENS_KEY,
      JSON.stringify(Object.fromEntries(owned.slice(-MAX_OWNER_TOKENS))),
    );
  }

  /** What was on in this tab: a page that is loaded again must not unmute anybody. */
  get sourcesOn(): SourcesOn | null {
    return sourcesOnIn(parseJson(read(this.tab, SOURCES_KEY) ?? ""));
  }

  set sourcesOn(sources: SourcesOn | null) {
    write(this.tab, SOURCES_KEY, JSON.stringify(sources));
  }

  get #ownerTokens(): readonly [string, string][] {
    const value = parseJson(read(this.browser, OWNER_TOKENS_KEY) ?? "");
    return isObject(value)
      ? Object.entries(value).filter((entry): entry is [string, string] => isToken(entry[1]))
      : [];
  }
}

/** What a server gives out is short; what is longer somebody else has put there. */
const isToken = (value: unknown): boolean => typeof value === "string" && value.length <= 1024;

/** A browser that blocks storage throws wherever it is touched. */
function ifAllowed<Value>(touch: () => Value): Value | null {
  try {
    return touch();
  } catch {
    return null;
  }
}

const read = (store: WebStorage | null, name: string): string | null =>
  ifAllowed(() => store?.getItem(name) ?? null);

const write = (store: WebStorage | null, name: string, value: string): void => {
  ifAllowed(() => store?.setItem(name, value));
};
