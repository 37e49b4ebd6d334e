// The form for joining: the name, the password if needed, and the button.

import { useState } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { joinRequested, joinRequestedWithoutInvitation } from "../../app/navigation";
import { texts } from "../../texts";
import { InlineAlert } from "../../ui/InlineAlert";

const MAX_NAME_LENGTH = 64;

export function JoinCard() {
  const dispatch = useAppDispatch();
  const knownName = useAppSelector(({ settings }) => settings.name);
  const presence = useAppSelector(({ session }) => session.presence);
  const [name, setName] = useState(knownName);
  const [password, setPassword] = useState("");
  const refusal = presence.at === "outside" ? presence.refusal : null;
  const isJoining = presence.at === "joining";
  const asksPassword =
    refusal === "password-required" || refusal === "wrong-password" || password !== "";

  return (
    <form
      className="join-card"
      onSubmit={(event) => {
        event.preventDefault();
        dispatch(joinRequested(name.trim(), password === "" ? null : password));
      }}
    >
      <h1>{texts.prejoin.ready}</h1>
      <label className="field">
        {texts.prejoin.name}
        <input
          value={name}
          maxLength={MAX_NAME_LENGTH}
          placeholder={texts.prejoin.namePlaceholder}
          autoComplete="nickname"
          autoFocus={knownName === ""}
          required
          aria-invalid={refusal === "invalid-username"}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      {asksPassword && (
        <label className="field">
          {texts.prejoin.password}
          <input
            type="password"
            value={password}
            autoComplete="off"
            autoFocus
            required
            aria-invalid={refusal === "wrong-password"}
            onChange={({ target }) => setPassword(target.value)}
          />
        </label>
      )}
      {refusal && <InlineAlert>{texts.prejoin.refusals[refusal]}</InlineAlert>}
      {refusal === "invalid-invitation" && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => dispatch(joinRequestedWithoutInvitation(name.trim()))}
        >
          {texts.prejoin.withoutInvitation}
        </button>
      )}
      <button
        type="submit"
        className="button button-large"
        autoFocus={knownName !== ""}
        aria-busy={isJoining}
        disabled={isJoining || name.trim() === ""}
      >
        {isJoining ? texts.prejoin.joining : texts.prejoin.join}
      </button>
    </form>
  );
}
