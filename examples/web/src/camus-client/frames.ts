// Text frames and messages: what a frame says, and whether it is to be believed.

import { GROUND_CONTROL, HEARD, SAID_BY_CLIENTS, UNCOUNTED } from "./generated";
import type { Ack, Heard, Join, Said } from "./generated";

/** What a session says for its caller; `join` and `ack` it says by itself. */
export type SendableMessage = Exclude<Said, Join | Ack>;

const heardTypes: ReadonlySet<string> = new Set(HEARD);
const clientTypes: ReadonlySet<string> = new Set(SAID_BY_CLIENTS);
const uncounted: ReadonlySet<string> = new Set(UNCOUNTED);
const encoder = new TextEncoder();

/** Returns how many bytes a frame has on the wire. */
export const byteLength = (frame: string): number => encoder.encode(frame).length;

/** Tells whether both ends count messages of this type. */
export const isCounted = (type: string): boolean => !uncounted.has(type);

/** What a frame is: a message, or one of a newer server that only its type is known of. */
export type ParsedFrame =
  | { readonly kind: "message"; readonly message: Heard }
  | { readonly kind: "unknown"; readonly counted: boolean };

/** Reads a frame. The server has checked the payload of each type that it describes. */
export function parseFrame(frame: string): ParsedFrame {
  const value = parseJson(frame);
  if (isHeard(value)) return { kind: "message", message: value };
  const type = isObject(value) ? value.type : null;
  return { kind: "unknown", counted: typeof type !== "string" || isCounted(type) };
}

/** Tells whether a message is one that its sender may say: a peer must not play the server. */
export function mayBeFromSender({ sender, type }: Heard): boolean {
  return sender === GROUND_CONTROL || clientTypes.has(type.startsWith("x-") ? "x-" : type);
}

/** Tells whether a value is an object with members, so that they may be looked at. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHeard(value: unknown): value is Heard {
  if (!isObject(value)) return false;
  const { sender, receiver, type } = value;
  return (
    typeof sender === "string" &&
    typeof receiver === "string" &&
    typeof type === "string" &&
    heardTypes.has(type.startsWith("x-") ? "x-" : type)
  );
}

/** Returns what a JSON text says, or null where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
