// How the connection with a member is: a small sign, and the figures behind it.

import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import type { Member } from "../people/people-slice";
import "./connection.css";
import { ratingOf } from "./rating";

export function ConnectionInfo({ member }: { readonly member: Member }) {
  const quality = useAppSelector(({ connection }) => connection[member.id]);
  const state = member.connection ?? "new";
  const rating = quality && state === "connected" ? ratingOf(quality) : "good";
  const t = texts.connection;
  const title = t.with(member.username);
  const number = (value: number, digits: number): string =>
    value.toLocaleString(texts.language, { maximumFractionDigits: digits });
  const rate = (bits: number | undefined): string =>
    bits === undefined ? t.unknown : t.kilobits(number(bits / 1000, 0));
  return (
    <span className="connection" data-rating={rating}>
      <Popover
        label={rating === "good" ? title : `${title}: ${t.ratings[rating]}`}
        className="icon-button"
        button={<Icon name="signal" />}
      >
        <p className="connection-title">{title}</p>
        <dl className="connection-figures">
          <dt>{t.state}</dt>
          <dd>{t.states[state]}</dd>
          <dt>{t.rating}</dt>
          <dd>{state === "connected" ? t.ratings[rating] : t.unknown}</dd>
          <dt>{t.path}</dt>
          <dd>{quality?.path ? t.paths[quality.path] : t.unknown}</dd>
          <dt>{t.received}</dt>
          <dd>{rate(quality?.bitrate?.received)}</dd>
          <dt>{t.sent}</dt>
          <dd>{rate(quality?.bitrate?.sent)}</dd>
          <dt>{t.loss}</dt>
          <dd>
            {typeof quality?.loss === "number"
              ? t.percent(number(quality.loss * 100, 1))
              : t.unknown}
          </dd>
          <dt>{t.roundTrip}</dt>
          <dd>
            {typeof quality?.roundTrip === "number"
              ? t.milliseconds(number(quality.roundTrip * 1000, 0))
              : t.unknown}
          </dd>
        </dl>
      </Popover>
    </span>
  );
}
