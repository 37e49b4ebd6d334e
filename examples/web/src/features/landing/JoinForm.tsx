// The form for joining a room by its link or name.

import { useId, useState } from "react";
import { hashOf, roomIdInText } from "../../app/urls";
import { texts } from "../../texts";
import { InlineAlert } from "../../ui/InlineAlert";

export function JoinForm() {
  const [text, setText] = useState("");
  const [isRefused, setRefused] = useState(false);
  const input = useId();

  const join = (): void => {
    const roomId = roomIdInText(text);
    setRefused(roomId === null);
    if (roomId !== null) location.hash = hashOf(roomId);
  };

  return (
    <form
      className="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        join();
      }}
    >
      <label htmlFor={input} className="hidden">
        {texts.landing.joinLabel}
      </label>
      <div className="join-row">
        <input
          id={input}
          value={text}
          placeholder={texts.landing.joinPlaceholder}
          autoComplete="off"
          autoCapitalize="none"
          aria-invalid={isRefused}
          onChange={({ target }) => setText(target.value)}
        />
        <button type="submit" className="button button-quiet" disabled={text.trim() === ""}>
          {texts.landing.joinButton}
        </button>
      </div>
      {isRefused && <InlineAlert>{texts.landing.noSuchName}</InlineAlert>}
    </form>
  );
}
