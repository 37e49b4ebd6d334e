// A chat message of the wire as the app keeps it: bounded, and of a time that there is.

import type { MemberMessage } from "../../camus-client";
import { sanitized } from "../people/display-names";
import type { Named } from "../people/display-names";
import type { ChatMessage } from "./chat-slice";

/** Characters; the frames of the server carry no more, those of another one might. */
const MAX_LENGTH = 65_536;

/** Clocks differ by seconds, and messages are told again minutes later; nothing is older. */
const MAX_CLOCK_DIFFERENCE = 86_400_000;

/**
 * Reads a message of somebody, or returns null where there is nothing to show.
 *
 * @param message - a peer may have written whatever the server lets through as its data.
 * @param by - who says it, where that is known.
 * @param now - the time at which it is heard, in UNIX milliseconds.
 */
export function parseMessage(
  { sender, data }: Pick<MemberMessage, "sender" | "data">,
  by: Named | undefined,
  now: number,
): Pick<ChatMessage, "sender" | "from" | "mark" | "time" | "text"> | null {
  const { from, time, text } = (data ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof text !== "string") return null;
  const name = sanitized(typeof from === "string" ? from : "");
  return {
    sender,
    from: by?.username ?? name,
    mark: by?.mark ?? null,
    time: typeof time === "number" && Math.abs(time - now) < MAX_CLOCK_DIFFERENCE ? time : now,
    text: text.slice(0, MAX_LENGTH),
  };
}
