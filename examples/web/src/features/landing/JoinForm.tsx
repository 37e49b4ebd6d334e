// The form for joining a room by its link or name.

import { useId, useState } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { InlineAlert } from "../../ui/InlineAlert";
import { roomSought } from "./rooms-slice";

export function JoinForm() {
  const dispatch = useAppDispatch();
  const isFinding = useAppSelector(({ rooms }) => rooms.isFinding);
  const problem = useAppSelector(({ rooms }) => rooms.findProblem);
  const [text, setText] = useState("");
  const input = useId();

  return (
    <form
      className="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        dispatch(roomSought(text));
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
          aria-invalid={problem === "no-such-name"}
          onChange={({ target }) => setText(target.value)}
        />
        <button
          type="submit"
          className="button button-quiet"
          aria-busy={isFinding}
          disabled={isFinding || text.trim() === ""}
        >
          {texts.landing.joinButton}
        </button>
      </div>
      {problem && <InlineAlert>{texts.landing.troubles[problem]}</InlineAlert>}
    </form>
  );
}
