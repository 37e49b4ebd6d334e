// The button that turns the microphone or the camera on and off.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { KEYS } from "../../app/shortcuts";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { sourceToggled } from "./devices-slice";
import type { SourceKind } from "./capture-source";

export function SourceButton({ kind }: { readonly kind: SourceKind }) {
  const dispatch = useAppDispatch();
  const { isOn, isStarting, fault } = useAppSelector(({ devices }) => devices[kind]);
  const label = texts.devices.turn[kind][isOn ? "off" : "on"];
  return (
    <button
      type="button"
      className="control"
      data-off={!isOn}
      aria-label={label}
      aria-busy={isStarting}
      aria-keyshortcuts={`Alt+${KEYS[kind]}`}
      title={fault ? texts.devices.faultOf(kind, fault) : texts.withKey(label, KEYS[kind])}
      onClick={() => dispatch(sourceToggled(kind))}
    >
      <Icon name={isOn ? kind : `${kind}-off`} />
      {fault && <span className="control-fault" aria-hidden="true" />}
    </button>
  );
}
