// What a moderator may do to a member.

import { useState } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import { labelOf } from "./display-names";
import { memberBanned, memberKicked, rightsOver, roleGranted } from "./people-slice";
import type { Member } from "./people-slice";

const farewells = () => ({
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
  const [farewell, setFarewell] = useState<keyof ReturnType<typeof farewells> | null>(null);
  const { grant, sendOut } = rightsOver(mine, role);
  if (!sendOut) return null;
  const asked = farewell && farewells()[farewell];
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
          <button type="button" onClick={() => setFarewell("kick")}>
            <Icon name="out" />
            {texts.people.kick}
          </button>
          <button type="button" className="dangerous" onClick={() => setFarewell("ban")}>
            <Icon name="ban" />
            {texts.people.ban}
          </button>
        </div>
      </Popover>
      {asked && (
        <Dialog title={asked.title(label)} onClose={() => setFarewell(null)}>
          <p>{asked.lead}</p>
          <footer>
            <button
              type="button"
              className="button button-quiet"
              onClick={() => setFarewell(null)}
            >
              {texts.cancel}
            </button>
            <button
              type="button"
              className="button button-danger"
              onClick={() => {
                dispatch(asked.send(id));
                setFarewell(null);
              }}
            >
              {asked.label}
            </button>
          </footer>
        </Dialog>
      )}
    </>
  );
}
