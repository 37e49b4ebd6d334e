// The bans of the room, for moderators.

import { useEffect } from "react";
import type { BanInfo } from "../../camus-client";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { localTime } from "../../texts/times";
import { DisplayName } from "../../ui/DisplayName";
import { InlineAlert } from "../../ui/InlineAlert";
import { useFocusKept } from "../../ui/use-focus-kept";
import { banTakenBack, bansRequested } from "./bans-slice";
import { sanitized } from "./display-names";

export function BansSection() {
  const dispatch = useAppDispatch();
  const listed = useAppSelector(({ bans }) => bans.listed);
  const heardOf = useAppSelector(({ bans }) => bans.heardOf);
  const refused = useAppSelector(({ bans }) => bans.refused);
  const { heading, row } = useFocusKept();

  useEffect(() => {
    dispatch(bansRequested());
  }, [dispatch, heardOf]);

  if (listed === null) return null;
  return (
    <section aria-labelledby="people-banned">
      <h3 id="people-banned" ref={heading} tabIndex={-1}>
        {texts.people.banned} <span className="badge">{listed.length}</span>
      </h3>
      {listed.length === 0 && <p className="people-none">{texts.people.nobodyBanned}</p>}
      <ul>
        {listed.map((ban) => (
          <li key={ban.id} ref={row}>
            <BanRow ban={ban} />
            {refused === ban.id && <InlineAlert>{texts.people.unbanRefused}</InlineAlert>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function BanRow({ ban: { id, username, by, at, until } }: { readonly ban: BanInfo }) {
  const dispatch = useAppDispatch();
  const name = username == null ? texts.people.bannedUnknown : sanitized(username);
  const given = [
    by == null ? "" : texts.people.bannedBy(sanitized(by)),
    at == null ? "" : localTime(at, texts.language),
  ].filter((part) => part !== "");
  return (
    <div className="person">
      <span className="person-name">
        <span>
          <DisplayName username={name} mark={null} />
        </span>
        {given.length > 0 && <small className="ban-detail">{given.join(", ")}</small>}
        {until != null && (
          <small className="ban-detail">
            {texts.people.bannedUntil(localTime(until, texts.language))}
          </small>
        )}
      </span>
      <button
        type="button"
        className="button button-small button-quiet"
        aria-label={texts.people.unbanNamed(name)}
        onClick={() => dispatch(banTakenBack(id))}
      >
        {texts.people.unban}
      </button>
    </div>
  );
}
