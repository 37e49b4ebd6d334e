// The top bar of the call: the room's name, its lock, the invitation and the settings.

import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { useRoomTitle } from "../room-names/use-room-title";
import { SettingsButton } from "../settings/SettingsButton";

interface TopBarProps {
  readonly roomId: string;
  readonly onInvite: () => void;
}

/** After joining, keyboard and screen reader users continue at the heading. */
const takeFocus = (heading: HTMLElement | null): void => heading?.focus();

export function TopBar({ roomId, onInvite }: TopBarProps) {
  const title = useRoomTitle(roomId);
  const isLocked = useAppSelector(({ session }) => session.isLocked);
  return (
    <header className="call-top">
      <h1 ref={takeFocus} tabIndex={-1}>
        {title}
      </h1>
      {isLocked && (
        <span className="badge">
          <Icon name="lock" />
          {texts.call.locked}
        </span>
      )}
      <button type="button" className="button button-small" onClick={onInvite}>
        <Icon name="link" />
        {texts.call.invite}
      </button>
      <SettingsButton />
    </header>
  );
}
