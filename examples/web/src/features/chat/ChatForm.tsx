// The form for writing a chat message.

import { useState } from "react";
import type { KeyboardEvent } from "react";
import { useAppDispatch } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { textSent } from "./chat-slice";

/** Characters; at four bytes each they still fit the server's frame size. */
const MAX_LENGTH = 10_000;

export function ChatForm() {
  const dispatch = useAppDispatch();
  const [text, setText] = useState("");

  const send = (): void => {
    dispatch(textSent(text));
    setText("");
  };

  const sendOnEnter = (event: KeyboardEvent): void => {
    const isComposing = event.nativeEvent.isComposing; // Enter selects a character then
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        value={text}
        rows={1}
        maxLength={MAX_LENGTH}
        aria-label={texts.chat.write}
        placeholder={texts.chat.write}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={sendOnEnter}
      />
      <button
        type="submit"
        className="icon-button"
        aria-label={texts.chat.send}
        title={texts.chat.send}
        disabled={text.trim() === ""}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
