// Announces new messages to screen readers while the chat is open.

import { useEffect, useRef, useState } from "react";
import { announcementsOf, newMessages } from "./announcements";
import type { ChatMessage } from "./chat-slice";

/** The time in which a screen reader reads a short message. */
const INTERVAL_MS = 4000;

const idsOf = (messages: readonly ChatMessage[]): ReadonlySet<string> =>
  new Set(messages.map(({ id }) => id));

export function ChatAnnouncer({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const [announced, setAnnounced] = useState<readonly string[]>([]);
  const known = useRef<ReadonlySet<string>>(null);
  const lastAt = useRef(-INTERVAL_MS);

  useEffect(() => {
    known.current ??= idsOf(messages);
    const before = known.current;
    const announce = (): void => {
      known.current = idsOf(messages);
      lastAt.current = performance.now();
      setAnnounced(announcementsOf(newMessages(messages, before)));
    };
    if (messages.every(({ id }) => before.has(id))) return;
    const timer = setTimeout(announce, lastAt.current + INTERVAL_MS - performance.now());
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
