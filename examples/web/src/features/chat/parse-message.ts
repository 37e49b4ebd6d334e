// Parsing of received chat messages: their data is untrusted.

import type { MemberMessage } from "../../camus-client";
import { sanitized } from "../people/display-names";
import type { Named } from "../people/display-names";
import type { ChatMessage } from "./chat-slice";

/** Characters; the server's frames carry no more, but another server's might. */
const MAX_LENGTH = 65_536;

/** Clocks differ by seconds, and messages are resent minutes later; any other time is wrong. */
const MAX_CLOCK_DIFFERENCE = 86_400_000;

/**
 * Parses a chat message, or returns null if it has no text.
 *
 * @param message - its data may be anything that the server relays.
 * @param by - the sender, if known.
 * @param now - the time of arrival, in UNIX milliseconds.
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
