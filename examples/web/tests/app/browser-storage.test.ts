import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/features/settings/settings";
import { BrowserStorage } from "../../src/app/browser-storage";

function fakeStore() {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

test("settings and owner tokens are restored at the next visit", () => {
  const browser = fakeStore();
  const storage = new BrowserStorage(browser, fakeStore());
  storage.saveSettings({ name: "Ted" });
  storage.saveSettings({ resolution: "720p" });
  storage.setOwnerToken("lobby", "secret");
  storage.setOwnerToken("other", "another");
  storage.setOwnerToken("other", null);
  const next = new BrowserStorage(browser, fakeStore());
  expect(next.settings).toEqual({ ...DEFAULT_SETTINGS, name: "Ted", resolution: "720p" });
  expect([next.ownerTokenOf("lobby"), next.ownerTokenOf("other")]).toEqual(["secret", null]);
});

test("the oldest owner tokens are dropped", () => {
  const storage = new BrowserStorage(fakeStore(), null);
  for (let room = 0; room < 40; room += 1) storage.setOwnerToken(`room-${room}`, "secret");
  expect([storage.ownerTokenOf("room-7"), storage.ownerTokenOf("room-8")]).toEqual([
    null,
    "secret",
  ]);
});

test("devices turned off in a tab stay off after a reload, but not in other tabs", () => {
  const [browser, tab] = [fakeStore(), fakeStore()];
  new BrowserStorage(browser, tab).sourcesOn = { microphone: false, camera: true };
  expect(new BrowserStorage(browser, tab).sourcesOn).toEqual({
    microphone: false,
    camera: true,
  });
  expect(new BrowserStorage(browser, fakeStore()).sourcesOn).toBe(null);
});

test("blocked storage and invalid data do no harm", () => {
  const blocked = {
    getItem: () => {
      throw new DOMException("", "SecurityError");
    },
    setItem: () => {
      throw new DOMException("", "QuotaExceededError");
    },
    removeItem: () => undefined,
  };
  const invalid = { ...fakeStore(), getItem: () => "{" };
  for (const storage of [
    new BrowserStorage(blocked, blocked),
    new BrowserStorage(null, null),
  ]) {
    storage.saveSettings({ name: "Ted" });
    storage.setOwnerToken("lobby", "secret");
    expect([storage.settings, storage.ownerTokenOf("lobby")]).toEqual([DEFAULT_SETTINGS, null]);
  }
  const storage = new BrowserStorage(invalid, invalid);
  expect([storage.ownerTokenOf("lobby"), storage.sourcesOn]).toEqual([null, null]);
});

test("any stored data is parsed into bounded settings", () => {
  const names = ["name", "devices", "sourcesOn", "resolution", "language", "iceServers"];
  const member = fc.constantFrom(...names, "lobby", "__proto__");
  const long = fc.constantFrom("x".repeat(100_000), "", "-");
  const kept = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(member, fc.oneof(fc.jsonValue(), long)).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(kept, (text) => {
      const store = fakeStore();
      for (const name of ["camus:choices", "camus:owned", "camus:sources"]) {
        store.setItem(name, text);
      }
      const storage = new BrowserStorage(store, store);
      expect(storage.settings.name.length).toBeLessThanOrEqual(128);
      expect(storage.settings.iceServers.length).toBeLessThanOrEqual(8);
      expect(storage.ownerTokenOf("lobby")?.length ?? 0).toBeLessThanOrEqual(1024);
      expect(Object.keys(storage.sourcesOn ?? {}).length).toBeLessThanOrEqual(2);
      storage.saveSettings({ name: "Ann" });
      expect(storage.settings.name).toBe("Ann");
    }),
  );
});
