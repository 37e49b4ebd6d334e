// Keeps a session for the next page of the same tab, and only for that one.

import { isObject, parsed } from "./frames";

/** Where a page keeps its session; a second page that shares the place is told so. */
export interface Keeper {
  /** Returns what is kept, or null where nothing can be. */
  open(): Promise<Kept | null>;
}

/** What one page keeps. */
export interface Kept {
  /** The session of the page before, or null. */
  readonly session: string | null;
  /** Keeps this session from now on. */
  write(session: string): void;
  /** Keeps nothing any more. */
  forget(): void;
}

/** What is used of `sessionStorage`, which each tab has of its own; a duplicate gets a copy. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What is used of `navigator.locks`: a lock is free again when its page has gone. */
export interface Locks {
  request(
    name: string,
    options: { ifAvailable: true },
    held: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
}

interface Entry {
  readonly lock: string;
  readonly session: string;
}

/**
 * Keeps a session in the tab: a page that is loaded again has it, and so has its place back. A
 * duplicated tab has a copy, but not the lock, which the first tab holds: it joins as a
 * newcomer.
 *
 * @param name - what is kept under; another one for each room.
 */
export function keptInTab(
  name: string,
  storage: TabStorage = sessionStorage,
  locks: Locks = navigator.locks,
  newLock: () => string = () => `camus-${crypto.randomUUID()}`,
): Keeper {
  const keep = (lock: string, session: string | null, release: () => void): Kept => ({
    session,
    write: (current) => storage.setItem(name, JSON.stringify({ lock, session: current })),
    forget() {
      storage.removeItem(name);
      release();
    },
  });
  return {
    async open() {
      const entry = entryIn(storage.getItem(name));
      const again = entry && (await lockNow(locks, entry.lock));
      if (entry && again) return keep(entry.lock, entry.session, again);
      const lock = newLock();
      const release = await lockNow(locks, lock);
      return release && keep(lock, null, release);
    },
  };
}

/** Takes a lock until the function returned is called; null where somebody has it. */
function lockNow(locks: Locks, name: string): Promise<(() => void) | null> {
  return new Promise((taken, failed) => {
    const hold = (lock: unknown): Promise<void> =>
      new Promise((release) => {
        if (lock !== null) return taken(release);
        taken(null);
        release();
      });
    locks.request(name, { ifAvailable: true }, hold).catch(failed);
  });
}

function entryIn(text: string | null): Entry | null {
  const entry = parsed(text ?? "");
  if (!isObject(entry)) return null;
  const { lock, session } = entry;
  const isLock = typeof lock === "string" && !lock.startsWith("-"); // browsers throw at those
  return isLock && typeof session === "string" ? { lock, session } : null;
}
