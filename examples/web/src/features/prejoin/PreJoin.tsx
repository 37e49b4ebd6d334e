// The screen before joining: a preview, the name, and the button to join.

import { hashOf } from "../../app/urls";
import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { Logo } from "../../ui/Logo";
import { useRoomTitle } from "../room-names/use-room-title";
import { SettingsButton } from "../settings/SettingsButton";
import { JoinCard } from "./JoinCard";
import "./prejoin.css";
import { OtherName } from "./OtherName";
import { Preview } from "./Preview";
import { WaitingCard } from "./WaitingCard";

export function PreJoin({ roomId }: { readonly roomId: string }) {
  const title = useRoomTitle(roomId);
  const { at } = useAppSelector(({ session }) => session.presence);
  return (
    <div className="prejoin">
      <header className="prejoin-top">
        <a className="icon-button" href={hashOf(null)} aria-label={texts.prejoin.back}>
          <Icon name="back" />
        </a>
        <Logo />
        <SettingsButton />
      </header>
      <main>
        <Preview />
        <section className="prejoin-side">
          <p className="prejoin-room">{title}</p>
          <OtherName roomId={roomId} />
          {at === "waiting" || at === "away" ? <WaitingCard /> : <JoinCard />}
        </section>
      </main>
    </div>
  );
}
