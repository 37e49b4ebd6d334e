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

const t = texts.people;

export function PeoplePanel() {
  const members = useAppSelector(({ people }) => people.members);
  const waiting = useAppSelector(({ people }) => people.waiting);
  const mayLock = useAppSelector(({ session }) => mayModerate(session.role));
  return (
    <Panel name="people" title={t.title}>
      <div className="people">
        {mayLock && <LockSwitch />}
        {waiting.length > 0 && (
          <section aria-labelledby="people-waiting">
            <h3 id="people-waiting">
              {t.waiting} <span className="badge">{waiting.length}</span>
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
            {t.inRoom} <span className="badge">{members.length}</span>
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
        {t.lock}
        <small>{t.lockLead}</small>
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
        aria-label={t.denyNamed(username)}
        onClick={() => dispatch(visitorDenied(id))}
      >
        {t.deny}
      </button>
      <button
        type="button"
        className="button button-small"
        aria-label={t.admitNamed(username)}
        onClick={() => dispatch(visitorAdmitted(id))}
      >
        {t.admit}
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
          {username} {isMe && <small>{t.you}</small>}
        </span>
        {role !== "guest" && <small>{t.roles[role]}</small>}
      </span>
      {doing?.screen && <Sign icon="screen" label={t.sharing} />}
      {doing && (
        <>
          <Sign
            icon={doing.camera ? "camera" : "camera-off"}
            label={doing.camera ? t.cameraOn : t.cameraOff}
          />
          <Sign
            icon={doing.muted ? "microphone-off" : "microphone"}
            label={doing.muted ? t.microphoneOff : t.microphoneOn}
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
