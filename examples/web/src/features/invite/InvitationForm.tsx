// The form for an invitation: its name, its role, and how long and how often it lets people in.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { InlineAlert } from "../../ui/InlineAlert";
import { textIn, timeIn } from "../../ui/form-fields";
import { InviteLink } from "./InviteLink";
import { invitationWanted } from "./invitations-slice";

const MAX_NAME_LENGTH = 64;

export function InvitationForm({ roomId }: { readonly roomId: string }) {
  const dispatch = useAppDispatch();
  const { secret, isMaking, problem } = useAppSelector(({ invitations }) => invitations);

  const make = (form: FormData): void => {
    const [name, uses] = [textIn(form, "name"), textIn(form, "uses")];
    const expires = timeIn(form, "expires");
    dispatch(
      invitationWanted({
        role: textIn(form, "role") === "moderator" ? "moderator" : "guest",
        ...(name && { name }),
        ...(uses && { uses: Number(uses) }),
        ...(expires !== null && { expires }),
      }),
    );
  };

  return (
    <>
      <form
        className="invitation-form"
        onSubmit={(event) => {
          event.preventDefault();
          make(new FormData(event.currentTarget));
        }}
      >
        <label className="field field-wide">
          <span>{texts.invite.name}</span>
          <input name="name" maxLength={MAX_NAME_LENGTH} autoComplete="off" />
        </label>
        <label className="field">
          <span>{texts.invite.role}</span>
          <select name="role">
            <option value="guest">{texts.people.roles.guest}</option>
            <option value="moderator">{texts.people.roles.moderator}</option>
          </select>
        </label>
        <label className="field">
          <span>{texts.invite.uses}</span>
          <input
            name="uses"
            type="number"
            min="1"
            max="1000000"
            placeholder={texts.invite.anyNumber}
          />
        </label>
        <label className="field field-wide">
          <span>{texts.invite.expires}</span>
          <input name="expires" type="datetime-local" />
        </label>
        <button type="submit" className="button field-wide" disabled={isMaking}>
          {texts.invite.make}
        </button>
      </form>
      {problem && <InlineAlert>{texts.invite.problems[problem]}</InlineAlert>}
      {secret !== null && (
        <div className="invitation-made" role="status">
          <p>{texts.invite.made}</p>
          <InviteLink roomId={roomId} invitation={secret} />
        </div>
      )}
    </>
  );
}
