// A store that keeps a session's resume token, so that a reloaded page can resume the session.

import { isObject, parseJson } from "./frames";

/**
 * A place where a page stores its session. Only one page at a time can open the same session.
 */
export interface SessionStore {
  /** Returns the stored session, or null if nothing can be stored. */
  open(): Promise<StoredSession | null>;
}

/** The stored session of one page. */
export interface StoredSession {
  /** The resume token that an earlier page stored, or null. */
  readonly resumeToken: string | null;
  /** Stores a resume token, replacing the previous one. */
  write(resumeToken: string): void;
  /** Removes the token, and releases the store. */
  remove(): void;
}

/**
 * The part of `sessionStorage` in use. Each tab has its own; a duplicated tab starts with a
 * copy.
 */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The part of `navigator.locks` in use: the browser releases a lock when its page is gone. */
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
 * Returns a store in the tab's `sessionStorage`: a reloaded page resumes the session and keeps
 * its place. A duplicated tab has a copy of the token but not the lock, which the first tab
 * holds, so it joins as a newcomer.
 *
 * @param name - the storage key; use another one for each room.
 */
export function tabSessionStore(
  name: string,
  storage: TabStorage = sessionStorage,
  locks: TabLocks = navigator.locks,
  newLock: () => string = () => `camus-${crypto.randomUUID()}`,
): SessionStore {
  const storedAs = (
    lock: string,
    resumeToken: string | null,
    release: () => void,
  ): StoredSession => ({
    resumeToken,
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

/**
 * Acquires a lock until the returned function is called; returns null if another page holds it.
 */
function tryLock(locks: TabLocks, name: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const hold = (lock: unknown): Promise<void> =>
      new Promise((release) => {
        if (lock !== null) return resolve(release);
        resolve(null);
        release();
      });
    locks.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}

function entryIn(text: string | null): Entry | null {
  const entry = parseJson(text ?? "");
  if (!isObject(entry)) return null;
  const { lock, session } = entry;
  const isLock = typeof lock === "string" && !lock.startsWith("-"); // browsers throw at those
  return isLock && typeof session === "string" ? { lock, session } : null;
}
