import { describe, expect, test } from "vitest";
import {
  Challenges,
  EncryptionError,
  isChallenge,
  newChallenge,
  newSecret,
  RoomKey,
} from "../src/camus-client/encryption";
import type { EncryptableMessage, ReceivedMessage } from "../src/camus-client/encryption";
import { VECTORS } from "./encryption-vectors";

const vectorKey = (): Promise<RoomKey> => RoomKey.from(VECTORS.secret, VECTORS.room_id);

describe("the vectors of the conformance kit", () => {
  test.each(VECTORS.sealed)("$name is encrypted", async (vector) => {
    const { type, receiver, id, data, sender, challenge, n, nonce, encrypted } = vector;
    const message = { type, receiver, data, ...(id !== null && { id }) } as EncryptableMessage;
    const bytes = Uint8Array.from(Buffer.from(nonce, "base64url"));
    const sealed = await (await vectorKey()).seal(message, sender, challenge, n, bytes);
    expect(sealed).toEqual({ ...message, data: encrypted });
  });

  test("what is received in this order is accepted or not", async () => {
    const key = await vectorKey();
    const drawn = [...VECTORS.receiver.challenges];
    const challenges = new Challenges(() => drawn.shift() ?? "");
    challenges.renew();
    const receive = async (message: unknown): Promise<unknown> => {
      try {
        const opened = await key.open(message as ReceivedMessage, VECTORS.receiver.id);
        challenges.accept(opened.challenge, opened.n);
        return { opened: opened.message };
      } catch (error) {
        if (error instanceof EncryptionError) return { fault: error.fault };
        throw error;
      }
    };
    for (const { name, message, fault, opened } of VECTORS.received) {
      expect({ name, ...((await receive(message)) as object) }).toEqual(
        fault === undefined ? { name, opened: { ...message, data: opened } } : { name, fault },
      );
    }
  });
});

test("a secret has 16 to 64 bytes in base64url", async () => {
  expect(newSecret()).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(newSecret()).not.toBe(newSecret());
  await RoomKey.from(newSecret(), "lobby");
  await RoomKey.from("A".repeat(86), "lobby");
  for (const wrong of ["", "A".repeat(20), "A".repeat(87), "A".repeat(25), "=".repeat(22)]) {
    await expect(RoomKey.from(wrong, "lobby")).rejects.toThrow(RangeError);
  }
});

test("two messages never have the same nonce or text", async () => {
  const key = await vectorKey();
  const message = { type: "x-tracks", receiver: "b", data: {} } as const;
  const texts = new Set<unknown>();
  for (let n = 0; n < 100; n += 1) {
    texts.add(JSON.stringify(await key.seal(message, "a", "challenge", 1)));
  }
  expect(texts.size).toBe(100);
});

test("a challenge has 16 bytes in base64url", () => {
  expect(isChallenge(newChallenge())).toBe(true);
  for (const wrong of [null, 5, "", "A".repeat(21), "A".repeat(23), `${"A".repeat(21)}=`]) {
    expect(isChallenge(wrong)).toBe(false);
  }
});
