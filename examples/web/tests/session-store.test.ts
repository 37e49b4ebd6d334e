import { expect, test } from "vitest";
import { tabSessionStore } from "../src/camus-client/session-store";
import type { TabLocks, TabStorage } from "../src/camus-client/session-store";
import { Conversation } from "./conversation";
import { JOINED } from "./fake-server";

/** The locks of one browser. */
class FakeLocks implements TabLocks {
  readonly held = new Set<string>();

  async request(
    name: string,
    _options: { ifAvailable: true },
    hold: (lock: unknown) => Promise<void>,
  ): Promise<void> {
    if (this.held.has(name)) return hold(null);
    this.held.add(name);
    await hold({ name });
    this.held.delete(name);
  }
}

/** The storage of one tab; a duplicate starts with a copy. */
class FakeStorage implements TabStorage {
  readonly items: Map<string, string>;

  constructor(copied: FakeStorage | null = null) {
    this.items = new Map(copied?.items);
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

let locksMade = 0;
const newLock = (): string => `lock-${(locksMade += 1)}`;
const storeIn = (storage: FakeStorage, locks: FakeLocks) =>
  tabSessionStore("lobby", storage, locks, newLock);

/** Joins with a session store on this storage. */
async function join(storage: FakeStorage, locks: FakeLocks): Promise<Conversation> {
  const talk = new Conversation({ store: storeIn(storage, locks) });
  const joining = talk.session.join();
  await new Promise(setImmediate);
  talk.server.last.accept().admit();
  await joining;
  return talk;
}

test("a reloaded page resumes without a count, and a duplicated tab is a newcomer", async () => {
  const [locks, storage] = [new FakeLocks(), new FakeStorage()];
  const first = await join(storage, locks);
  const body = { room_id: "lobby", username: "Bill" };
  expect(first.server.last.received[0]).toMatchObject({ data: body });

  const copied = new FakeStorage(storage);
  const duplicate = await join(copied, locks);
  expect(duplicate.server.last.received[0]).toMatchObject({ data: body });
  expect(copied.items).not.toEqual(storage.items);

  locks.held.delete("lock-1"); // as the browser does for a page that is gone
  const again = await join(storage, locks);
  expect(again.server.last.received[0]).toMatchObject({
    data: { ...body, resume: { session: JOINED.session } },
  });
});

test("nothing is stored of an ended session", async () => {
  const [locks, storage] = [new FakeLocks(), new FakeStorage()];
  const talk = await join(storage, locks);
  talk.server.last.close(4505);
  await new Promise(setImmediate);
  expect(storage.items).toEqual(new Map());
  expect(locks.held).toEqual(new Set());
});

test("a stored session is resumed with more than one attempt", async () => {
  const [locks, storage] = [new FakeLocks(), new FakeStorage()];
  storage.setItem("lobby", JSON.stringify({ lock: "old", session: JOINED.session }));
  const talk = new Conversation({ store: storeIn(storage, locks) });
  const joining = talk.session.join();
  await new Promise(setImmediate);
  talk.server.last.close(1006);
  talk.clock.advance(0.5);
  talk.server.last.accept().admit({ reason: "rejoined" });
  await joining;
  expect(talk.takeEvents().at(-1)).toEqual(["entered", { how: "joined" }]);
});

test("invalid stored data is no session", async () => {
  const storage = new FakeStorage();
  for (const text of ['{"session": 5}', "{", "null"]) {
    storage.setItem("lobby", text);
    const stored = await storeIn(storage, new FakeLocks()).open();
    expect(stored?.resumeToken).toBe(null);
  }
});

test("an entry with an invalid lock name is ignored", async () => {
  const [storage, locks] = [new FakeStorage(), new FakeLocks()];
  storage.setItem("lobby", JSON.stringify({ lock: "-", session: "session" }));
  expect((await storeIn(storage, locks).open())?.resumeToken).toBe(null);
  expect([...locks.held]).not.toContain("-");
});
