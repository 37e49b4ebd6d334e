// Encrypted rooms (rules CLIENT-45 to CLIENT-48): the key of a room, and the encrypted form of
// messages between two members.
//
// All members of an encrypted room have one secret, which the server doesn't know. A message is
// bound to its room, sender, receiver and type by the associated data, and to one moment of the
// receiver by a challenge, which that receiver has drawn for this sender, and a number that
// grows. So the server can read, change, redirect or repeat nothing; it can only drop and delay.

import { isObject, parseJson } from "./frames";
import type { SendableMessage } from "./frames";
import type { Answer, Extension, IceCandidate, Offer, Written } from "./generated";
import type { MemberMessage } from "./session-events";

const LABEL = "camus-encrypted-1";
const PREFIX = `${LABEL}.`;

/** The bytes of a new secret, and the fewest and the most that a secret may have. */
const SECRET_BYTES = { new: 16, least: 16, most: 64 };
const CHALLENGE_BYTES = 16;
/** The size of a nonce that AES-GCM takes as it is (NIST SP 800-38D, section 8.2). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A message that is encrypted in an encrypted room; an extension only if it is `x-tracks`. */
export type EncryptableMessage = Offer | Answer | IceCandidate | Extension;

/** A message of another member, of one of those types. */
export type ReceivedMessage = Written & EncryptableMessage;

/** Returns whether a message is one of those that are encrypted in an encrypted room. */
export function isEncryptable(message: MemberMessage): message is ReceivedMessage;
export function isEncryptable(message: SendableMessage): message is EncryptableMessage;
export function isEncryptable({ type }: MemberMessage | SendableMessage): boolean {
  return ENCRYPTED_TYPES.has(type);
}

const ENCRYPTED_TYPES: ReadonlySet<string> = new Set([
  "offer",
  "answer",
  "icecandidate",
  "x-tracks",
]);

/**
 * The reason why a message was not accepted.
 *
 * - `plain`: it isn't in the encrypted form.
 * - `unreadable`: it was changed, or is of another room, sender, receiver, type or secret.
 * - `malformed`: its content isn't what its type requires.
 * - `stale`: it answers no current challenge, as one that was sent before a page was reloaded.
 * - `replayed`: it was received before, or is older than one that was.
 */
export type EncryptionFault = "plain" | "unreadable" | "malformed" | "stale" | "replayed";

/** A message that an encrypted room doesn't accept. */
export class EncryptionError extends Error {
  constructor(readonly fault: EncryptionFault) {
    super(`a message was not accepted: ${fault}`);
  }
}

/** A message whose content was decrypted, and what the content says of its order. */
export interface OpenedMessage {
  readonly message: ReceivedMessage;
  readonly challenge: string;
  readonly n: number;
}

/** Returns a new secret for the link of an encrypted room: 22 letters, digits, `-` and `_`. */
export const newSecret = (): string => base64url(randomBytes(SECRET_BYTES.new));

/** Returns a new challenge. */
export const newChallenge = (): string => base64url(randomBytes(CHALLENGE_BYTES));

/** The key of one encrypted room. */
export class RoomKey {
  private constructor(
    readonly roomId: string,
    readonly key: CryptoKey,
  ) {}

  /**
   * Derives the key of a room.
   *
   * @param secret - from the fragment of the room's link.
   * @throws RangeError - the secret isn't one.
   * @throws TypeError - the page isn't secure (https, or localhost): it has no cryptography.
   */
  static async from(secret: string, roomId: string): Promise<RoomKey> {
    const bytes = bytesOf(secret);
    if (!bytes || bytes.length < SECRET_BYTES.least || bytes.length > SECRET_BYTES.most) {
      throw new RangeError("a secret is base64url of 16 to 64 bytes");
    }
    const { subtle } = crypto;
    const material = await subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
    const [salt, info] = [encoder.encode(LABEL), encoder.encode(roomId)];
    const key = await subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt, info },
      material,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
    return new RoomKey(roomId, key);
  }

  /**
   * Returns the encrypted form of a message to one member.
   *
   * @param sender - the id of this client.
   * @param challenge - the last one that the receiver has sent to this client.
   * @param n - a number from 1, greater than in each message to the receiver before.
   * @param nonce - never the same for two messages; for tests.
   */
  async seal(
    message: EncryptableMessage,
    sender: string,
    challenge: string,
    n: number,
    nonce = randomBytes(NONCE_BYTES),
  ): Promise<SendableMessage> {
    const { id = null, data = null } = message;
    const content = encoder.encode(JSON.stringify({ challenge, n, id, data }));
    const additionalData = this.#associatedData(message.type, sender, message.receiver);
    const parameters = { name: "AES-GCM", iv: nonce, additionalData };
    const sealed = await crypto.subtle.encrypt(parameters, this.key, content);
    return withText(message, PREFIX + base64url(joined(nonce, new Uint8Array(sealed))));
  }

  /**
   * Returns the decrypted form of a message of another member. Its order isn't checked.
   *
   * @param me - the id of this client. That the message names it as receiver proves nothing.
   * @throws EncryptionError - it is `plain`, `unreadable` or `malformed`.
   */
  async open(message: ReceivedMessage, me: string): Promise<OpenedMessage> {
    const text = textIn(message.type, message.data);
    if (typeof text !== "string" || !text.startsWith(PREFIX))
      throw new EncryptionError("plain");
    const bytes = bytesOf(text.slice(PREFIX.length));
    if (!bytes || bytes.length < NONCE_BYTES + TAG_BYTES)
      throw new EncryptionError("unreadable");
    const additionalData = this.#associatedData(message.type, message.sender, me);
    const parameters = { name: "AES-GCM", iv: bytes.subarray(0, NONCE_BYTES), additionalData };
    let content: ArrayBuffer;
    try {
      const sealed = bytes.subarray(NONCE_BYTES);
      content = await crypto.subtle.decrypt(parameters, this.key, sealed);
    } catch {
      throw new EncryptionError("unreadable");
    }
    return openedMessage(message, content);
  }

  #associatedData(type: string, sender: string, receiver: string) {
    return encoder.encode(JSON.stringify([LABEL, this.roomId, sender, receiver, type]));
  }
}

/**
 * The challenges that a client has drawn for one other member: the newest, and the one before it
 * while messages that answer that one may still arrive.
 */
export class Challenges {
  #drawn: { readonly challenge: string; last: number }[];

  constructor(readonly draw: () => string = newChallenge) {
    this.#drawn = [{ challenge: draw(), last: 0 }];
  }

  /** The newest challenge. */
  get newest(): string {
    return this.#drawn.at(-1)?.challenge ?? "";
  }

  /** Draws a new challenge. */
  renew(): void {
    this.#drawn = [...this.#drawn.slice(-1), { challenge: this.draw(), last: 0 }];
  }

  /**
   * Accepts the next message of the member.
   *
   * @throws EncryptionError - the message is `stale` or `replayed`.
   */
  accept(challenge: string, n: number): void {
    const at = this.#drawn.findIndex((one) => one.challenge === challenge);
    const answered = this.#drawn[at];
    if (!answered) throw new EncryptionError("stale");
    if (n <= answered.last) throw new EncryptionError("replayed");
    answered.last = n;
    this.#drawn.splice(0, at); // the member has the newer one
  }
}

/** Returns whether a value has the form of a challenge. */
export const isChallenge = (value: unknown): value is string =>
  typeof value === "string" && bytesOf(value)?.length === CHALLENGE_BYTES;

// The forms of the four types ---------------------------------------------------------------

/** Returns the message with this text in place of its content. */
function withText(message: EncryptableMessage, text: string): SendableMessage {
  switch (message.type) {
    case "offer":
      return { ...message, type: "offer", data: { type: "offer", sdp: text } };
    case "answer":
      return { ...message, type: "answer", data: { type: "answer", sdp: text } };
    case "icecandidate":
      return { ...message, data: { candidate: text } };
    default:
      return { ...message, data: text };
  }
}

/** Returns what stands where the encrypted form has its text. */
function textIn(type: string, data: unknown): unknown {
  if (!isObject(data)) return type === "x-tracks" ? data : null;
  return type === "icecandidate" ? data.candidate : data.sdp;
}

function openedMessage(message: ReceivedMessage, content: ArrayBuffer): OpenedMessage {
  const value = parseContent(content);
  if (!isObject(value)) throw new EncryptionError("malformed");
  const { challenge, n, id } = value;
  const isNumbered = typeof n === "number" && Number.isSafeInteger(n) && n > 0;
  if (typeof challenge !== "string" || !isNumbered || id !== (message.id ?? null)) {
    throw new EncryptionError("malformed");
  }
  const data = dataOf(message.type, value.data ?? null);
  return { message: { ...message, data } as ReceivedMessage, challenge, n };
}

function parseContent(content: ArrayBuffer): unknown {
  try {
    return parseJson(decoder.decode(content));
  } catch {
    return null; // not UTF-8
  }
}

/** Returns the known members of decrypted data: no server has looked at their form. */
function dataOf(type: string, data: unknown): unknown {
  if (type === "icecandidate") return data === null ? null : candidateOf(data);
  if (isObject(data)) {
    if (type === "x-tracks" && Object.values(data).every(isString)) return data;
    if (type === data.type && isString(data.sdp)) return { type, sdp: data.sdp };
  }
  throw new EncryptionError("malformed");
}

function candidateOf(value: unknown): unknown {
  const known = isObject(value)
    ? Object.entries(value).filter(([name]) => name in CANDIDATE_MEMBERS)
    : [];
  const isCandidate =
    known.some(([name]) => name === "candidate") &&
    known.every(([name, member]) => CANDIDATE_MEMBERS[name]?.(member));
  if (!isCandidate) throw new EncryptionError("malformed");
  return Object.fromEntries(known);
}

const isString = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): boolean => value === null || isString(value);

/** The members of an RTCIceCandidateInit (W3C WebRTC 1.0, section 4.8.1). */
const CANDIDATE_MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  candidate: isString,
  sdpMid: isTextOrNull,
  sdpMLineIndex: (value) => value === null || Number.isSafeInteger(value),
  usernameFragment: isTextOrNull,
};

// Bytes -------------------------------------------------------------------------------------

const randomBytes = (count: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(count));

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Returns bytes in base64url (RFC 4648, section 5) without padding. */
function base64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Returns the bytes of base64url without padding; null if the text isn't that. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const characters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
