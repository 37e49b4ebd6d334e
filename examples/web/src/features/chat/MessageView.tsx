// One message of the chat.

import { memo } from "react";
import { useAppDispatch, useRenderOnLanguageChange } from "../../app/hooks";
import { texts } from "../../texts";
import { DisplayName } from "../../ui/DisplayName";
import { Icon } from "../../ui/icons";
import { labelOf } from "../people/display-names";
import { textSentAgain } from "./chat-slice";
import type { ChatMessage } from "./chat-slice";
import { beginningOf, excerptOf } from "./excerpts";
import { linkified } from "./links";
import { isRemovable } from "./text-removal";
import type { RemovableMessage } from "./text-removal";

/** Characters: enough to tell one message from another. */
const LABEL_LENGTH = 60;

interface MessageProps {
  readonly message: ChatMessage;
  /** Whether the previous message shows the same sender. */
  readonly follows: boolean;
  /** Whether a long text is shown in full. */
  readonly isWhole: boolean;
  readonly onWhole: (id: string) => void;
  /** Called when the user wants to remove the text for everyone; null for who may not. */
  readonly onRemove: ((message: RemovableMessage) => void) | null;
}

export const MessageView = memo(function Message({
  message,
  follows,
  isWhole,
  onWhole,
  onRemove,
}: MessageProps) {
  const dispatch = useAppDispatch();
  useRenderOnLanguageChange();
  const { id, isMine, from, mark, time, text, state } = message;
  const at = new Date(time);
  const beginning = beginningOf(text);
  const shown = isWhole ? text : beginning;
  return (
    <div className="chat-message" data-mine={isMine} data-state={state} data-follows={follows}>
      <p className="chat-from">
        <strong>{isMine ? texts.chat.you : <DisplayName username={from} mark={mark} />}</strong>
        {isMine && mark !== null && <DisplayName username={from} mark={mark} />}
        <time dateTime={at.toISOString()}>
          {at.toLocaleTimeString(texts.language, { hour: "numeric", minute: "2-digit" })}
        </time>
      </p>
      <div className="chat-line">
        <p className="chat-text" dir="auto">
          {linkified(shown).map((piece, index) =>
            piece.kind === "link" ? (
              <a
                key={index}
                href={piece.url}
                target="_blank"
                rel="noopener noreferrer nofollow"
              >
                {piece.text}
              </a>
            ) : (
              piece.text
            ),
          )}
          {shown.length < text.length && "…"}
        </p>
        {onRemove && isRemovable(message) && (
          <RemoveButton message={message} onClick={() => onRemove(message)} />
        )}
      </div>
      {shown.length < text.length && (
        <button type="button" className="chat-whole" onClick={() => onWhole(id)}>
          {texts.chat.whole}
        </button>
      )}
      {state === "failed" && (
        <p className="chat-failed">
          {texts.chat.failed}{" "}
          <button type="button" onClick={() => dispatch(textSentAgain(message))}>
            {texts.chat.again}
          </button>
        </p>
      )}
    </div>
  );
});

interface RemoveButtonProps {
  readonly message: ChatMessage;
  readonly onClick: () => void;
}

function RemoveButton({ message, onClick }: RemoveButtonProps) {
  const { isMine, from, mark, text } = message;
  const name = isMine ? texts.chat.you : labelOf({ username: from, mark });
  return (
    <button
      type="button"
      className="icon-button chat-remove"
      aria-label={texts.chat.removeNamed(name, excerptOf(text, LABEL_LENGTH))}
      title={texts.chat.remove}
      onClick={onClick}
    >
      <Icon name="remove" />
    </button>
  );
}
