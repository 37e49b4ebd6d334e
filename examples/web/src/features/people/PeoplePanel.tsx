// The people panel: the members, the waiting clients, and the lock.

import { memo } from "react";
import type { ReactNode } from "react";
import { ErrorBoundary } from "../../app/ErrorBoundary";
import { useAppDispatch, useAppSelector, useRenderOnLanguageChange } from "../../app/hooks";
import { texts } from "../../texts";
import { Avatar } from "../../ui/Avatar";
import { ErrorFallback } from "../../ui/ErrorFallback";
import { Icon } from "../../ui/icons";
import type { IconName } from "../../ui/icons";
import { DisplayName } from "../../ui/DisplayName";
import { Panel } from "../../ui/Panel";
import { BansSection } from "./BansSection";
import { MemberMenu } from "./MemberMenu";
import { labelOf } from "./display-names";
import "./people.css";
import {
  mayModerate,
  mayModerateWith,
  roomLocked,
  waitingClientAdmitted,
  waitingClientDenied,
} from "./people-slice";
import type { Member, WaitingClient } from "./people-slice";

export function PeoplePanel() {
  return (
    <Panel name="people" title={texts.people.title}>
      <People />
    </Panel>
  );
}

function People() {
  const members = useAppSelector(({ people }) => people.members);
  const waiting = useAppSelector(({ people }) => people.waiting);
  const mayLock = useAppSelector(({ session }) => mayModerate(session.role));
  const mayUnban = useAppSelector(({ session }) => mayModerateWith(session, "bans"));
  return (
    <div className="people">
      {mayLock && <LockSwitch />}
      {waiting.length > 0 && (
        <section aria-labelledby="people-waiting">
          <h3 id="people-waiting">
            {texts.people.waiting} <span className="badge">{waiting.length}</span>
          </h3>
          <ul>
            {waiting.map((client) => (
              <Row key={client.id} of={client}>
                <WaitingClientRow client={client} />
              </Row>
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
            <Row key={member.id} of={member}>
              <MemberRow member={member} />
            </Row>
          ))}
        </ul>
      </section>
      {mayUnban && <BansSection />}
    </div>
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

interface RowProps {
  readonly of: WaitingClient;
  readonly children: ReactNode;
}

function Row({ of, children }: RowProps) {
  return (
    <li className="person">
      <ErrorBoundary resetKey={of} fallback={<ErrorFallback what={texts.broken.person} />}>
        {children}
      </ErrorBoundary>
    </li>
  );
}

function WaitingClientRow({ client }: { readonly client: WaitingClient }) {
  const dispatch = useAppDispatch();
  const { id, username, mark } = client;
  const label = labelOf(client);
  return (
    <>
      <Avatar id={id} name={username} />
      <span className="person-name">
        <DisplayName username={username} mark={mark} />
      </span>
      <button
        type="button"
        className="button button-small button-quiet"
        aria-label={texts.people.denyNamed(label)}
        onClick={() => dispatch(waitingClientDenied(id))}
      >
        {texts.people.deny}
      </button>
      <button
        type="button"
        className="button button-small"
        aria-label={texts.people.admitNamed(label)}
        onClick={() => dispatch(waitingClientAdmitted(id))}
      >
        {texts.people.admit}
      </button>
    </>
  );
}

const MemberRow = memo(function MemberRow({ member }: { readonly member: Member }) {
  const { id, username, mark, role, state } = member;
  useRenderOnLanguageChange();
  const isMe = useAppSelector(({ session }) => session.me === id);
  return (
    <>
      <Avatar id={id} name={username} />
      <span className="person-name">
        <span>
          <DisplayName username={username} mark={mark} />
          {isMe && <small>{texts.people.you}</small>}
        </span>
        {role !== "guest" && <small>{texts.people.roles[role]}</small>}
      </span>
      {state?.screen && <StatusIcon icon="screen" label={texts.people.sharing} />}
      {state && (
        <>
          <StatusIcon
            icon={state.camera ? "camera" : "camera-off"}
            label={state.camera ? texts.people.cameraOn : texts.people.cameraOff}
          />
          <StatusIcon
            icon={state.muted ? "microphone-off" : "microphone"}
            label={state.muted ? texts.people.microphoneOff : texts.people.microphoneOn}
          />
        </>
      )}
      {!isMe && <MemberMenu member={member} />}
    </>
  );
});

function StatusIcon({ icon, label }: { readonly icon: IconName; readonly label: string }) {
  return (
    <span className="sign" title={label}>
      <Icon name={icon} />
      <span className="hidden">{label}</span>
    </span>
  );
}
