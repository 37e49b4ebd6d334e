// The quality of the connection with a member: an icon, and the figures behind it.

import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { Popover } from "../../ui/Popover";
import { labelOf } from "../people/display-names";
import type { Member } from "../people/people-slice";
import "./connection.css";
import { ratingOf } from "./rating";

export function ConnectionInfo({ member }: { readonly member: Member }) {
  const quality = useAppSelector(({ quality: all }) => all[member.id]);
  const state = member.connection ?? "new";
  const rating = quality && state === "connected" ? ratingOf(quality) : "good";
  const t = texts.connection;
  const title = t.with(labelOf(member));
  const figure = (
    value: number | null | undefined,
    times: number,
    digits: number,
    inUnits: (figure: string) => string,
  ): string =>
    typeof value === "number"
      ? inUnits(
          (value * times).toLocaleString(texts.language, { maximumFractionDigits: digits }),
        )
      : t.unknown;
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
          <dd>{figure(quality?.bitrate?.received, 1e-3, 0, t.kilobits)}</dd>
          <dt>{t.sent}</dt>
          <dd>{figure(quality?.bitrate?.sent, 1e-3, 0, t.kilobits)}</dd>
          <dt>{t.loss}</dt>
          <dd>{figure(quality?.loss, 100, 1, t.percent)}</dd>
          <dt>{t.roundTrip}</dt>
          <dd>{figure(quality?.roundTrip, 1000, 0, t.milliseconds)}</dd>
        </dl>
      </Popover>
    </span>
  );
}
