// The control bar of the call.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { KEYS } from "../../app/shortcuts";
import { texts } from "../../texts";
import { MANY, upToMany } from "../../texts/counts";
import { Icon } from "../../ui/icons";
import { DeviceMenu } from "../devices/DeviceMenu";
import { screenToggled } from "../devices/devices-slice";
import { SourceButton } from "../devices/SourceButton";
import { panelShown } from "../stage/stage-slice";
import type { PanelName } from "../stage/stage-slice";

/** Phones can't share their screen. */
const canShare = "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;

export function Controls({ onLeave }: { readonly onLeave: () => void }) {
  const unread = useAppSelector(({ chat }) => Math.min(chat.unread, MANY));
  const inRoom = useAppSelector(({ people }) => people.members.length);
  const waiting = useAppSelector(({ people }) => people.waiting.length);
  return (
    <footer>
      <div className="controls" role="group" aria-label={texts.call.controls}>
        <span className="control-pair">
          <SourceButton kind="microphone" />
          <DeviceMenu kind="microphone" />
        </span>
        <span className="control-pair">
          <SourceButton kind="camera" />
          <DeviceMenu kind="camera" />
        </span>
        {canShare && <ScreenButton />}
        <PanelButton panel="chat" label={texts.call.chatWith(unread)} count={unread} isUrgent />
        <PanelButton
          panel="people"
          label={texts.call.peopleWith(inRoom, waiting)}
          count={waiting || inRoom}
          isUrgent={waiting > 0}
        />
        <button
          type="button"
          className="control control-leave"
          aria-label={texts.call.leave}
          title={texts.call.leave}
          onClick={onLeave}
        >
          <Icon name="leave" />
        </button>
      </div>
    </footer>
  );
}

function ScreenButton() {
  const dispatch = useAppDispatch();
  const { isOn } = useAppSelector(({ devices }) => devices.screen);
  const label = isOn ? texts.call.stopSharing : texts.call.share;
  return (
    <button
      type="button"
      className="control"
      data-on={isOn}
      aria-label={label}
      aria-keyshortcuts={`Alt+${KEYS.screen}`}
      title={texts.withKey(label, KEYS.screen)}
      onClick={() => dispatch(screenToggled())}
    >
      <Icon name="screen" />
    </button>
  );
}

interface PanelButtonProps {
  readonly panel: PanelName;
  readonly label: string;
  readonly count: number;
  readonly isUrgent: boolean;
}

function PanelButton({ panel, label, count, isUrgent }: PanelButtonProps) {
  const dispatch = useAppDispatch();
  const isShown = useAppSelector(({ stage }) => stage.panel === panel);
  return (
    <button
      type="button"
      id={`show-${panel}`}
      className="control"
      data-on={isShown}
      aria-label={label}
      aria-expanded={isShown}
      aria-keyshortcuts={`Alt+${KEYS[panel]}`}
      title={texts.withKey(label, KEYS[panel])}
      onClick={() => dispatch(panelShown(isShown ? null : panel))}
    >
      <Icon name={panel} />
      {count > 0 && (
        <span className="control-count" data-urgent={isUrgent} aria-hidden="true">
          {upToMany(count)}
        </span>
      )}
    </button>
  );
}
