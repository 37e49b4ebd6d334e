// The secrets by which rooms know this browser again, if it has no identity.

import { parseJson } from "./frames";

/**
 * A place where a client keeps its guest token of one room. A guest that was banned is known by
 * it; and where another guest of its network was banned, it shows that it is somebody else.
 */
export interface GuestTokenStore {
  read(): string | null;
  write(guestToken: string): void;
}

/** The part of `localStorage` in use. It outlives the tab, as a ban does. */
export type BrowserStorage = Pick<Storage, "getItem" | "setItem">;

/** The number of rooms whose tokens are kept: those that this browser entered last. */
const MAX_GUEST_TOKENS = 100;

const GUEST_TOKEN = /^[0-9a-f]{64}$/;

/**
 * Returns a store of the guest token of a room in `localStorage`.
 *
 * @param room - the room id, with the server if the page talks with several.
 * @param name - the storage key, which all rooms share.
 */
export function browserGuestToken(
  room: string,
  storage: BrowserStorage = localStorage,
  name = "camus:guest",
): GuestTokenStore {
  const kept = (): [string, string][] => {
    try {
      const value = parseJson(storage.getItem(name) ?? "");
      return Array.isArray(value) ? value.filter(isEntry) : [];
    } catch {
      return []; // the browser blocks storage
    }
  };
  return {
    read: () => kept().find(([id]) => id === room)?.[1] ?? null,
    write(guestToken) {
      const others = kept().filter(([id]) => id !== room);
      const entries = [...others, [room, guestToken]].slice(-MAX_GUEST_TOKENS);
      try {
        storage.setItem(name, JSON.stringify(entries));
      } catch {
        // It is full, or blocked: the room gives another token next time.
      }
    },
  };
}

/** Returns a store that keeps the token for as long as the page lives. */
export function pageGuestToken(): GuestTokenStore {
  let guestToken: string | null = null;
  return { read: () => guestToken, write: (given) => void (guestToken = given) };
}

function isEntry(entry: unknown): entry is [string, string] {
  if (!Array.isArray(entry)) return false;
  const [id, guestToken] = entry as unknown[];
  return (
    typeof id === "string" && typeof guestToken === "string" && GUEST_TOKEN.test(guestToken)
  );
}
