// Who is in the room, who waits, and what a moderator may do.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Avatar } from "../../ui/Avatar";
import { Icon } from "../../ui/icons";
import type { IconName } from "../../ui/icons";
import { Panel } from "../../ui/Panel";
import { MemberMenu } from "./MemberMenu";
import "./people.css";
import { mayModerate, roomLocked, visitorAdmitted, visitorDenied } from "./people-slice";
import type { Member, Visitor } from "./people-slice";

export function PeoplePanel() {
  const members = useAppSelector(({ people }) => people.members);
  const waiting = useAppSelector(({ people }) => people.waiting);
  const mayLock = useAppSelector(({ session }) => mayModerate(session.role));
  return (
    <Panel name="people" title={texts.people.title}>
      <div className="people">
        {mayLock && <LockSwitch />}
        {waiting.length > 0 && (
          <section aria-labelledby="people-waiting">
            <h3 id="people-waiting">
              {texts.people.waiting} <span className="badge">{waiting.length}</span>
            </h3>
            <ul>
              {waiting.map((visitor) => (
                <VisitorRow key={visitor.id} visitor={visitor} />
              ))}
            </ul>
          </section>
        )}
        <section aria-labelledby="people-inside">
          <h3 id="people-inside">
            {texts.people.inRoom} <span className="badge">{members.length}</span>
          </h3>
          <ul>
            {members.map((member) => (
              <MemberRow key={member.id} member={member} />
            ))}
          </ul>
        </section>
      </div>
    </Panel>
  );
}

function LockSwitch() {
  const dispatch = useAppDispatch();
  const isLocked = useAppSelector(({ session }) => session.isLocked);
  return (
    <label className="lock-switch">
      <Icon name="lock" />
      <span>
        {texts.people.lock}
        <small>{texts.people.lockLead}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={isLocked}
        onChange={({ target }) => dispatch(roomLocked(target.checked))}
      />
    </label>
  );
}

function VisitorRow({ visitor: { id, username } }: { readonly visitor: Visitor }) {
  const dispatch = useAppDispatch();
  return (
    <li className="person">
      <Avatar id={id} name={username} />
      <span className="person-name">{username}</span>
      <button
        type="button"
        className="button button-small button-quiet"
        aria-label={texts.people.denyNamed(username)}
        onClick={() => dispatch(visitorDenied(id))}
      >
        {texts.people.deny}
      </button>
      <button
        type="button"
        className="button button-small"
        aria-label={texts.people.admitNamed(username)}
        onClick={() => dispatch(visitorAdmitted(id))}
      >
        {texts.people.admit}
      </button>
    </li>
  );
}

function MemberRow({ member }: { readonly member: Member }) {
  const { id, username, role, doing } = member;
  const isMe = useAppSelector(({ session }) => session.me === id);
  return (
    <li className="person">
      <Avatar id={id} name={username} />
      <span className="person-name">
        <span>
          {username} {isMe && <small>{texts.people.you}</small>}
        </span>
        {role !== "guest" && <small>{texts.people.roles[role]}</small>}
      </span>
      {doing?.screen && <Sign icon="screen" label={texts.people.sharing} />}
      {doing && (
        <>
          <Sign
            icon={doing.camera ? "camera" : "camera-off"}
            label={doing.camera ? texts.people.cameraOn : texts.people.cameraOff}
          />
          <Sign
            icon={doing.muted ? "microphone-off" : "microphone"}
            label={doing.muted ? texts.people.microphoneOff : texts.people.microphoneOn}
          />
        </>
      )}
      {!isMe && <MemberMenu member={member} />}
    </li>
  );
}

function Sign({ icon, label }: { readonly icon: IconName; readonly label: string }) {
  return (
    <span className="sign" title={label}>
      <Icon name={icon} />
      <span className="hidden">{label}</span>
    </span>
  );
}
