// The room's chat.

import { useCallback } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Panel } from "../../ui/Panel";
import "./chat.css";
import { saidAgain } from "./chat-slice";
import type { ChatMessage } from "./chat-slice";
import { ChatForm } from "./ChatForm";
import { piecesOf } from "./links";

/** Who says something again within this time is not named again. */
const SAME_BREATH = 120_000;

export function ChatPanel() {
  const messages = useAppSelector(({ chat }) => chat.messages);
  return (
    <Panel name="chat" title={texts.chat.title}>
      {/* The log grows upwards out of sight: who reads old messages isn't disturbed. */}
      <div className="chat-log" role="log" aria-label={texts.chat.messages} tabIndex={0}>
        {messages.length === 0 && <p className="chat-empty">{texts.chat.empty}</p>}
        <ol>
          {messages.map((message, index) => (
            <Message
              key={message.id}
              message={message}
              isLast={index === messages.length - 1}
              follows={isSameBreath(messages[index - 1], message)}
            />
          ))}
        </ol>
      </div>
      <ChatForm />
    </Panel>
  );
}

interface MessageProps {
  readonly message: ChatMessage;
  readonly isLast: boolean;
  readonly follows: boolean;
}

function Message({ message, isLast, follows }: MessageProps) {
  const dispatch = useAppDispatch();
  const { isMine, from, time, text, state } = message;
  const show = useCallback((line: HTMLElement | null) => line?.scrollIntoView(), []);
  const at = new Date(time);
  return (
    <li
      ref={isLast ? show : null}
      className="chat-message"
      data-mine={isMine}
      data-state={state}
      data-follows={follows}
    >
      <p className="chat-from">
        <strong>{isMine ? texts.chat.you : from}</strong>
        <time dateTime={at.toISOString()}>
          {at.toLocaleTimeString(texts.language, { hour: "numeric", minute: "2-digit" })}
        </time>
      </p>
      <p className="chat-text">
        {piecesOf(text).map((piece, index) =>
          piece.kind === "link" ? (
            <a key={index} href={piece.url} target="_blank" rel="noopener noreferrer nofollow">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
      </p>
      {state === "failed" && (
        <p className="chat-failed">
          {texts.chat.failed}{" "}
          <button type="button" onClick={() => dispatch(saidAgain(message))}>
            {texts.chat.again}
          </button>
        </p>
      )}
    </li>
  );
}

function isSameBreath(before: ChatMessage | undefined, message: ChatMessage): boolean {
  return (
    before?.isMine === message.isMine &&
    before.from === message.from &&
    message.time - before.time < SAME_BREATH
  );
}
