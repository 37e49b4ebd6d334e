import { expect, test } from "vitest";
import { listBans, unban } from "../src/camus-client/bans";
import { browserGuestToken } from "../src/camus-client/guest-tokens";
import type { BrowserStorage } from "../src/camus-client/guest-tokens";
import { Refused } from "../src/camus-client/requests";
import { Conversation } from "./conversation";

const [FIRST, SECOND] = ["a".repeat(64), "b".repeat(64)];

function storageWith(items: Map<string, string>): BrowserStorage {
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
  };
}

/** Ends the current task, so that the session has opened its store. */
const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a guest shows the secret of its room again, in the next tab too", async () => {
  const storage = storageWith(new Map());
  const first = new Conversation({ guestToken: browserGuestToken("lobby", storage) });
  const joining = first.session.join();
  await nextTask();
  expect(first.server.last.accept().received[0]).not.toHaveProperty("data.guest_token");
  first.server.last.admit({ guest_token: FIRST });
  await joining;

  const next = new Conversation({ guestToken: browserGuestToken("lobby", storage) });
  void next.session.join();
  await nextTask();
  expect(next.server.last.accept().received[0]).toMatchObject({ data: { guest_token: FIRST } });
  const elsewhere = browserGuestToken("elsewhere", storage);
  expect(elsewhere.read()).toBe(null);
});

test("a client without storage shows it when it waits again and when it comes back", async () => {
  const talk = new Conversation();
  const joining = talk.session.join();
  await nextTask();
  const waiting = { room_id: "lobby", guest_token: FIRST };
  talk.server.last.accept().send("waiting", waiting, { reply_to: "join" }).close(1006);
  talk.clock.advance(0.5);
  expect(talk.server.last.accept().received[0]).toMatchObject({ data: { guest_token: FIRST } });
  talk.server.last.admit({ guest_token: SECOND });
  await joining;
  talk.server.last.close(1006);
  talk.clock.advance(1);
  expect(talk.server.last.accept().received[0]).toMatchObject({
    data: { guest_token: SECOND, resume: {} },
  });
});

test("the secrets of the last hundred rooms are kept, and damaged ones ignored", () => {
  const items = new Map([["camus:guest", '[["lobby",5],["hall","short"],5]']]);
  const storage = storageWith(items);
  expect(browserGuestToken("lobby", storage).read()).toBe(null);
  expect(browserGuestToken("hall", storage).read()).toBe(null);
  for (let room = 0; room < 101; room += 1) {
    browserGuestToken(`room-${String(room)}`, storage).write(FIRST);
  }
  expect(browserGuestToken("room-0", storage).read()).toBe(null);
  expect(browserGuestToken("room-1", storage).read()).toBe(FIRST);
  expect(browserGuestToken("room-100", storage).read()).toBe(FIRST);
});

test("a browser that blocks storage joins without a secret", () => {
  const blocked = (): never => {
    throw new Error("blocked");
  };
  const store = browserGuestToken("lobby", { getItem: blocked, setItem: blocked });
  store.write(FIRST);
  expect(store.read()).toBe(null);
});

test("a moderator lists bans and ends one", async () => {
  const talk = new Conversation();
  const connection = await talk.join();
  const listing = listBans(talk.session);
  const bans = [{ id: "c".repeat(32), username: "Ted", at: 1615918847 }];
  connection.send("bans", bans, { reply_to: "request-1" });
  expect(await listing).toEqual(bans);
  const ending = unban(talk.session, "c".repeat(32));
  const error = { code: "not-found", message: "there is nothing with this id" };
  connection.send("error", error, { reply_to: "request-2" });
  await expect(ending).rejects.toEqual(new Refused(error));
});
