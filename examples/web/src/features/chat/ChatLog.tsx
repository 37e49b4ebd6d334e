// The chat history. It is virtualized: only messages near the viewport are in the DOM.

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import type { Range } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { ErrorBoundary } from "../../app/ErrorBoundary";
import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { ErrorFallback } from "../../ui/ErrorFallback";
import { Icon } from "../../ui/icons";
import { mayModerateWith } from "../people/people-slice";
import { ChatAnnouncer } from "./ChatAnnouncer";
import type { ChatMessage } from "./chat-slice";
import { MessageView } from "./MessageView";
import { RemoveTextDialog } from "./RemoveTextDialog";
import type { RemovableMessage } from "./text-removal";

/** A sender's name isn't repeated if the previous message is this recent. */
const GROUPING_MS = 120_000;

/** The height of a one-line message with its sender, in pixels, until it is measured. */
const ESTIMATED_HEIGHT = 72;

/** Messages rendered beyond each edge, so that a turn of the mouse wheel finds them there. */
const OVERSCAN = 8;

/** Within so many pixels of its end the log scrolls along with new messages. */
const END_THRESHOLD = 48;

export function ChatLog() {
  const messages = useAppSelector(({ chat }) => chat.messages);
  const log = useRef<HTMLDivElement>(null);
  const [isBehind, setBehind] = useState(false);
  const [focused, setFocused] = useState<string | null>(null);
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const showWhole = useCallback((id: string) => setWhole((ids) => new Set(ids).add(id)), []);
  const mayRemove = useAppSelector(({ session }) => mayModerateWith(session, "history"));
  const [removing, setRemoving] = useState<RemovableMessage | null>(null);
  const indexOfFocused = focused === null ? -1 : messages.findIndex(({ id }) => id === focused);
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler memoizes it
  const list = useVirtualizer({
    count: messages.length,
    getScrollElement: useCallback(() => log.current, []),
    estimateSize: useCallback(() => ESTIMATED_HEIGHT, []),
    getItemKey: useCallback((index: number) => messages[index]?.id ?? index, [messages]),
    rangeExtractor: useCallback(
      (range: Range) => rangeWith(indexOfFocused, range),
      [indexOfFocused],
    ),
    overscan: OVERSCAN,
    anchorTo: "end",
    scrollEndThreshold: END_THRESHOLD,
    useFlushSync: false,
  });

  // The log follows new messages until the user scrolls away from its end.
  const follows = useRef(true);
  useLayoutEffect(() => {
    if (follows.current) list.scrollToEnd();
  }, [list, messages]);

  const lastOwnId = useAppSelector(
    ({ chat }) => chat.messages.findLast(({ isMine }) => isMine)?.id,
  );
  useEffect(() => {
    if (lastOwnId === undefined) return;
    follows.current = true;
    list.scrollToEnd();
  }, [list, lastOwnId]);

  // Keeps the keyboard focus in the log when the focused message is dropped.
  const isFocusLost = focused !== null && indexOfFocused < 0;
  useEffect(() => {
    if (isFocusLost) log.current?.focus({ preventScroll: true });
  }, [isFocusLost]);

  return (
    <div className="chat-said">
      {/* Not live: a message scrolled into view isn't new. ChatAnnouncer announces new ones. */}
      <div
        ref={log}
        className="chat-log"
        role="log"
        aria-live="off"
        aria-label={texts.chat.messages}
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          follows.current = isAtEnd(currentTarget);
          setBehind(!follows.current);
        }}
        onFocus={({ target }) => setFocused(messageAround(target))}
      >
        {messages.length === 0 && <p className="chat-empty">{texts.chat.empty}</p>}
        <ol style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map(({ index, key, start }) => {
            const message = messages[index];
            return (
              message && (
                <li
                  key={key}
                  ref={list.measureElement}
                  data-index={index}
                  data-message={message.id}
                  aria-posinset={index + 1}
                  aria-setsize={messages.length}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <ErrorBoundary
                    resetKey={message}
                    fallback={<ErrorFallback what={texts.broken.message} />}
                  >
                    <MessageView
                      message={message}
                      follows={isGroupedWith(messages[index - 1], message)}
                      isWhole={whole.has(message.id)}
                      onWhole={showWhole}
                      onRemove={mayRemove ? setRemoving : null}
                    />
                  </ErrorBoundary>
                </li>
              )
            );
          })}
        </ol>
      </div>
      {isBehind && (
        <button
          type="button"
          className="button button-small chat-latest"
          onClick={() => list.scrollToEnd()}
        >
          <Icon name="down" />
          {texts.chat.latest}
        </button>
      )}
      {removing && <RemoveTextDialog message={removing} onClose={() => setRemoving(null)} />}
      <ChatAnnouncer messages={messages} />
    </div>
  );
}

const isAtEnd = ({ scrollHeight, scrollTop, clientHeight }: Element): boolean =>
  scrollHeight - scrollTop - clientHeight < END_THRESHOLD;

/** Returns the indexes near the viewport, and that of the focused message. */
function rangeWith(focused: number, range: Range): number[] {
  const indexes = defaultRangeExtractor(range);
  if (focused < 0 || focused >= range.count || indexes.includes(focused)) return indexes;
  return [...indexes, focused].sort((one, other) => one - other);
}

const messageAround = (element: Element): string | null =>
  element.closest<HTMLElement>("[data-message]")?.dataset.message ?? null;

function isGroupedWith(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return (
    before?.sender === message.sender &&
    before.from === message.from &&
    before.mark === message.mark &&
    message.time - before.time < GROUPING_MS
  );
}
