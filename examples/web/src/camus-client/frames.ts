// Parsing of text frames, and checks of the messages in them.

import { GROUND_CONTROL, HEARD, SAID_BY_CLIENTS, UNCOUNTED } from "./generated";
import type { Ack, Heard, Join, Said } from "./generated";
import { withKnownWords } from "./known-words";

/** A message that a caller may send; the session itself sends `join` and `ack`. */
export type SendableMessage = Exclude<Said, Join | Ack>;

const receivableTypes: ReadonlySet<string> = new Set(HEARD);
const clientTypes: ReadonlySet<string> = new Set(SAID_BY_CLIENTS);
const uncounted: ReadonlySet<string> = new Set(UNCOUNTED);
const encoder = new TextEncoder();

/** Returns the size of a frame on the wire, in bytes. */
export const byteLength = (frame: string): number => encoder.encode(frame).length;

/** Returns whether both ends count messages of this type. */
export const isCounted = (type: string): boolean => !uncounted.has(type);

/** A parsed frame: a known message, or an unknown type of a newer server. */
export type ParsedFrame =
  | { readonly kind: "message"; readonly message: Heard }
  | { readonly kind: "unknown"; readonly counted: boolean };

/**
 * Parses a frame. The server has validated the payload of each type that it knows; words that
 * only a newer server knows have fallbacks.
 */
export function parseFrame(frame: string): ParsedFrame {
  const value = parseJson(frame);
  if (isReceivable(value)) {
    const isByServer = value.sender === GROUND_CONTROL;
    return { kind: "message", message: isByServer ? withKnownWords(value) : value };
  }
  const type = isObject(value) ? value.type : null;
  return { kind: "unknown", counted: typeof type !== "string" || isCounted(type) };
}

/**
 * Returns whether the sender may send a message of this type: a peer must not pose as the
 * server.
 */
export function mayBeFromSender({ sender, type }: Heard): boolean {
  return sender === GROUND_CONTROL || clientTypes.has(type.startsWith("x-") ? "x-" : type);
}

/** Returns whether a value is an object that is neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isReceivable(value: unknown): value is Heard {
  if (!isObject(value)) return false;
  const { sender, receiver, type } = value;
  return (
    typeof sender === "string" &&
    typeof receiver === "string" &&
    typeof type === "string" &&
    receivableTypes.has(type.startsWith("x-") ? "x-" : type)
  );
}

/** Parses a JSON text; returns null if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
