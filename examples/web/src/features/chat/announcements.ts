// The announcements of new messages, no more than one can listen to.

import { texts } from "../../texts";
import { labelOf } from "../people/display-names";
import type { ChatMessage } from "./chat-slice";
import { excerptOf } from "./excerpts";

/** Up to so many new messages are read out; if there are more, their number is announced. */
const MAX_READ_OUT = 3;

/** Characters: half a minute of reading. */
const MAX_LENGTH = 400;

/**
 * Returns the others' messages behind those that were known; all of them if none of those is
 * left.
 */
export function newMessages(
  messages: readonly ChatMessage[],
  known: ReadonlySet<string>,
): ChatMessage[] {
  const last = messages.findLastIndex(({ id }) => known.has(id));
  return messages.slice(last + 1).filter(({ isMine }) => !isMine);
}

/** Returns the lines to announce. */
export function announcementsOf(news: readonly ChatMessage[]): string[] {
  const read = news.slice(-MAX_READ_OUT).map(({ from, mark, text }) => {
    const name = labelOf({ username: from, mark });
    return `${name}: ${excerptOf(text, MAX_LENGTH)}`;
  });
  const others = news.length - read.length;
  return others > 0 ? [texts.chat.more(others), ...read] : read;
}
