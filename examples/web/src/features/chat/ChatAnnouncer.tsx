// Announces new messages to screen readers while the chat is open, no more than one can listen
// to.

import { useEffect, useRef, useState } from "react";
import { texts } from "../../texts";
import { labelOf } from "../people/display-names";
import type { ChatMessage } from "./chat-slice";
import { excerptOf } from "./excerpts";

/** The time in which a screen reader reads a short message. */
const INTERVAL_MS = 4000;

/** Up to so many new messages are read out; if there are more, their number is announced. */
const MAX_READ_OUT = 3;

/** Characters: half a minute of reading. */
const MAX_LENGTH = 400;

export function ChatAnnouncer({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const [announced, setAnnounced] = useState<readonly string[]>([]);
  const lastAnnounced = useRef({ id: messages.at(-1)?.id, at: -INTERVAL_MS });

  useEffect(() => {
    const announce = (): void => {
      const news = since(messages, lastAnnounced.current.id);
      lastAnnounced.current = { id: messages.at(-1)?.id, at: performance.now() };
      setAnnounced(announcementsOf(news));
    };
    if (messages.at(-1)?.id === lastAnnounced.current.id) return;
    const timer = setTimeout(
      announce,
      lastAnnounced.current.at + INTERVAL_MS - performance.now(),
    );
    return () => clearTimeout(timer);
  }, [messages]);

  return (
    <div className="hidden" role="status">
      {announced.map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}

/** Returns the others' messages after the one with this id; all of them if it is gone. */
function since(messages: readonly ChatMessage[], id: string | undefined): ChatMessage[] {
  const last = messages.findLastIndex((one) => one.id === id);
  return messages.slice(last + 1).filter(({ isMine }) => !isMine);
}

function announcementsOf(news: readonly ChatMessage[]): string[] {
  const read = news.slice(-MAX_READ_OUT).map(({ from, mark, text }) => {
    const name = labelOf({ username: from, mark });
    return `${name}: ${excerptOf(text, MAX_LENGTH)}`;
  });
  const others = news.length - read.length;
  return others > 0 ? [texts.chat.more(others), ...read] : read;
}
