// The invitations to the room, for moderators: a form for another one, and those that there are.

import { useEffect } from "react";
import type { InvitationInfo } from "../../camus-client";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { localTime } from "../../texts/times";
import { InlineAlert } from "../../ui/InlineAlert";
import { useFocusKept } from "../../ui/use-focus-kept";
import { sanitized } from "../people/display-names";
import { InvitationForm } from "./InvitationForm";
import {
  invitationRevoked,
  invitationsClosed,
  invitationsRequested,
} from "./invitations-slice";

export function Invitations({ roomId }: { readonly roomId: string }) {
  const dispatch = useAppDispatch();
  const listed = useAppSelector(({ invitations }) => invitations.listed);
  const refused = useAppSelector(({ invitations }) => invitations.refused);
  const { heading, row } = useFocusKept();

  useEffect(() => {
    dispatch(invitationsRequested());
    return () => {
      dispatch(invitationsClosed());
    };
  }, [dispatch]);

  return (
    <section className="invitations" aria-labelledby="invitations">
      <h3 id="invitations" ref={heading} tabIndex={-1}>
        {texts.invite.invitations}
      </h3>
      <p>{texts.invite.invitationsLead}</p>
      <InvitationForm roomId={roomId} />
      <ul>
        {listed?.map((invitation) => (
          <li key={invitation.id} ref={row}>
            <InvitationRow invitation={invitation} />
            {refused === invitation.id && (
              <InlineAlert>{texts.invite.revokeRefused}</InlineAlert>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function InvitationRow({ invitation }: { readonly invitation: InvitationInfo }) {
  const dispatch = useAppDispatch();
  const { id, role, by, used, created_at: at } = invitation;
  const { name = null, expires = null, uses = null } = invitation;
  const title = name === null ? texts.invite.unnamed : sanitized(name);
  const made = `${sanitized(by)}, ${localTime(at, texts.language)}`;
  const details = [
    texts.people.roles[role],
    texts.invite.used(used, uses),
    ...(expires === null ? [] : [texts.invite.until(localTime(expires, texts.language))]),
  ];
  return (
    <div className="invitation">
      <span className="invitation-text">
        <bdi>{title}</bdi>
        <small>{details.join(" · ")}</small>
        <small>{texts.invite.madeBy(made)}</small>
      </span>
      <button
        type="button"
        className="button button-small button-quiet"
        aria-label={texts.invite.revokeNamed(title)}
        onClick={() => dispatch(invitationRevoked(id))}
      >
        {texts.invite.revoke}
      </button>
    </div>
  );
}
