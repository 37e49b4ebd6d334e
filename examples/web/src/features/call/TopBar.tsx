// Which room this is, whether it is locked, and how others come in.

import { roomTitle } from "../../app/urls";
import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { SettingsButton } from "../settings/SettingsButton";

interface TopBarProps {
  readonly roomId: string;
  readonly onInvite: () => void;
}

/** Who has come in goes on here, with the keyboard or a screen reader. */
const takeFocus = (heading: HTMLElement | null): void => heading?.focus();

export function TopBar({ roomId, onInvite }: TopBarProps) {
  const isLocked = useAppSelector(({ session }) => session.isLocked);
  return (
    <header className="call-top">
      <h1 ref={takeFocus} tabIndex={-1}>
        {roomTitle(roomId)}
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
