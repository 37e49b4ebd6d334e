// The app's data in localStorage, for all visits, and in sessionStorage, for one tab.

import { isObject, parseJson } from "../camus-client/frames";
import { settingsIn, sourcesOnIn } from "../features/settings/settings";
import type { Settings, SourcesOn } from "../features/settings/settings";

type WebStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const SETTINGS_KEY = "camus:choices";
const OWNER_TOKENS_KEY = "camus:owned";
const SOURCES_KEY = "camus:sources";

/**
 * The number of owner tokens kept. An empty room ends within an hour, so older tokens are
 * useless.
 */
const MAX_OWNER_TOKENS = 32;

/** Reads and writes the app's data; stores nothing if the browser blocks storage. */
export class BrowserStorage {
  constructor(
    readonly browser: WebStorage | null = ifAllowed(() => localStorage),
    readonly tab: WebStorage | null = ifAllowed(() => sessionStorage),
  ) {}

  /** The saved settings, from any tab or visit. */
  get settings(): Settings {
    return settingsIn(parseJson(read(this.browser, SETTINGS_KEY) ?? ""));
  }

  /** Saves changed settings, and keeps those changed in another tab meanwhile. */
  saveSettings(change: Partial<Settings>): void {
    write(this.browser, SETTINGS_KEY, JSON.stringify({ ...this.settings, ...change }));
  }

  /** Returns the owner token of a room that was created in this browser, or null. */
  ownerTokenOf(roomId: string): string | null {
    return this.#ownerTokens.find(([id]) => id === roomId)?.[1] ?? null;
  }

  /** Saves the owner token of a room; null deletes it. */
  setOwnerToken(roomId: string, token: string | null): void {
    const others = this.#ownerTokens.filter(([id]) => id !== roomId);
    const owned = token === null ? others : [...others, [roomId, token]];
    write(
      this.browser,
      OWNER_TOKENS_KEY,
      JSON.stringify(Object.fromEntries(owned.slice(-MAX_OWNER_TOKENS))),
    );
  }

  /** The devices that are on in this tab: reloading a page must not unmute its user. */
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

/** Tokens of a server are short; a longer value was not written by this app. */
const isToken = (value: unknown): boolean => typeof value === "string" && value.length <= 1024;

/** Browsers that block storage throw on every access. */
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
