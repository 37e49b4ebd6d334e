// Keeps a session for the next page of the same tab, and only for that one.

import { isObject, parseJson } from "./frames";

/** Where a page keeps its session; a second page that shares the place is told so. */
export interface SessionStore {
  /** Returns what is kept, or null where nothing can be. */
  open(): Promise<StoredSession | null>;
}

/** What one page keeps. */
export interface StoredSession {
  /** The session of the page before, or null. */
  readonly resumeToken: string | null;
  /** Keeps this session from now on. */
  write(session: string): void;
  /** Keeps nothing any more. */
  remove(): void;
}

/** What is used of `sessionStorage`, which each tab has of its own; a duplicate gets a copy. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What is used of `navigator.locks`: a lock is free again when its page has gone. */
export interface TabLocks {
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
export function tabSessionStore(
  name: string,
  storage: TabStorage = sessionStorage,
  locks: TabLocks = navigator.locks,
  newLock: () => string = () => `camus-${crypto.randomUUID()}`,
): SessionStore {
  const storedAs = (
    lock: string,
    session: string | null,
    release: () => void,
  ): StoredSession => ({
    resumeToken: session,
    write: (current) => storage.setItem(name, JSON.stringify({ lock, session: current })),
    remove() {
      storage.removeItem(name);
      release();
    },
  });
  return {
    async open() {
      const entry = entryIn(storage.getItem(name));
      const reacquired = entry && (await tryLock(locks, entry.lock));
      if (entry && reacquired) return storedAs(entry.lock, entry.session, reacquired);
      const lock = newLock();
      const release = await tryLock(locks, lock);
      return release && storedAs(lock, null, release);
    },
  };
}

/** Takes a lock until the function returned is called; null where somebody has it. */
function tryLock(locks: TabLocks, name: string): Promise<(() => void) | null> {
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
  const entry = parseJson(text ?? "");
  if (!isObject(entry)) return null;
  const { lock, session } = entry;
  const isLock = typeof lock === "string" && !lock.startsWith("-"); // browsers throw at those
  return isLock && typeof session === "string" ? { lock, session } : null;
}
