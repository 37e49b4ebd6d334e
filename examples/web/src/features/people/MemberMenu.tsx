// The moderation menu of a member.

import { useState } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Icon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import { labelOf } from "./display-names";
import { memberBanned, memberKicked, permissionsOver, roleGranted } from "./people-slice";
import type { Member } from "./people-slice";

const confirmations = () => ({
  kick: {
    title: texts.people.kickTitle,
    lead: texts.people.kickLead,
    label: texts.people.kickDo,
    send: memberKicked,
  },
  ban: {
    title: texts.people.banTitle,
    lead: texts.people.banLead,
    label: texts.people.banDo,
    send: memberBanned,
  },
});

export function MemberMenu({ member }: { readonly member: Member }) {
  const { id, role } = member;
  const label = labelOf(member);
  const dispatch = useAppDispatch();
  const mine = useAppSelector(({ session }) => session.role);
  const [action, setAction] = useState<keyof ReturnType<typeof confirmations> | null>(null);
  const { grant, mayRemove } = permissionsOver(mine, role);
  if (!mayRemove) return null;
  const confirmation = action && confirmations()[action];
  return (
    <>
      <Popover
        label={texts.people.actionsFor(label)}
        className="icon-button"
        button={<Icon name="more" />}
      >
        <div className="menu">
          {grant && (
            <button type="button" onClick={() => dispatch(roleGranted(id, grant))}>
              <Icon name="shield" />
              {grant === "moderator" ? texts.people.makeModerator : texts.people.makeGuest}
            </button>
          )}
          <button type="button" onClick={() => setAction("kick")}>
            <Icon name="out" />
            {texts.people.kick}
          </button>
          <button type="button" className="dangerous" onClick={() => setAction("ban")}>
            <Icon name="ban" />
            {texts.people.ban}
          </button>
        </div>
      </Popover>
      {confirmation && (
        <ConfirmDialog
          title={confirmation.title(label)}
          lead={confirmation.lead}
          label={confirmation.label}
          onConfirm={() => dispatch(confirmation.send(id))}
          onClose={() => setAction(null)}
        />
      )}
    </>
  );
}
