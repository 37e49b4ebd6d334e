// The form for creating a room: with one click, or with a name, a password, a limit and times.

import { useId } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { InlineAlert } from "../../ui/InlineAlert";
import { textIn, timeIn } from "../../ui/form-fields";
import { roomCreated } from "./rooms-slice";

const MAX_NAME_LENGTH = 64;

export function NewRoom() {
  const dispatch = useAppDispatch();
  const isCreating = useAppSelector(({ rooms }) => rooms.isCreating);
  const problem = useAppSelector(({ rooms }) => rooms.createProblem);
  const publicLabel = useId();

  const create = (form: FormData): void => {
    const [name, password, limit] = ["name", "password", "limit"].map((field) =>
      textIn(form, field),
    );
    const [opens, ends] = [timeIn(form, "opens"), timeIn(form, "ends")];
    dispatch(
      roomCreated({
        ...(name && { name }),
        ...(password && { password }),
        ...(limit && { guest_limit: Number(limit) }),
        ...(opens !== null && { not_before: opens }),
        ...(ends !== null && { expires: ends }),
        public: form.has("public"),
      }),
    );
  };

  return (
    <div className="new-room">
      <button
        type="button"
        className="button button-large"
        aria-busy={isCreating}
        disabled={isCreating}
        onClick={() => dispatch(roomCreated({}))}
      >
        <Icon name="camera" />
        {isCreating ? texts.landing.creating : texts.landing.newRoom}
      </button>
      {problem && <InlineAlert>{texts.landing.troubles[problem]}</InlineAlert>}
      <details>
        <summary>
          {texts.landing.options}
          <Icon name="down" />
        </summary>
        <form
          className="card room-options"
          onSubmit={(event) => {
            event.preventDefault();
            create(new FormData(event.currentTarget));
          }}
        >
          <label className="field field-wide">
            <span>{texts.landing.name}</span>
            <input
              name="name"
              maxLength={MAX_NAME_LENGTH}
              placeholder={texts.landing.namePlaceholder}
            />
          </label>
          <label className="field">
            <span>{texts.landing.password}</span>
            <input
              name="password"
              type="password"
              placeholder={texts.landing.none}
              autoComplete="new-password"
            />
          </label>
          <label className="field">
            <span>{texts.landing.limit}</span>
            <input
              name="limit"
              type="number"
              min="1"
              placeholder={texts.landing.none}
              inputMode="numeric"
            />
          </label>
          <label className="field field-wide">
            <span>{texts.landing.opens}</span>
            <input name="opens" type="datetime-local" />
          </label>
          <label className="field field-wide">
            <span>{texts.landing.ends}</span>
            <input name="ends" type="datetime-local" />
          </label>
          <label className="check field-wide" htmlFor={publicLabel}>
            <input id={publicLabel} name="public" type="checkbox" />
            {texts.landing.isPublic}
          </label>
          <button type="submit" className="button field-wide" disabled={isCreating}>
            {texts.landing.create}
          </button>
        </form>
      </details>
    </div>
  );
}
