// The selection of a microphone or camera.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { deviceChosen } from "./devices-slice";
import type { SourceKind } from "./capture-source";

export function DeviceSelect({ kind }: { readonly kind: SourceKind }) {
  const dispatch = useAppDispatch();
  const known = useAppSelector(({ devices }) => devices.known[kind]);
  const deviceId = useAppSelector(({ devices }) => devices[kind].deviceId);
  return (
    <label className="device-select">
      <Icon name={kind} />
      <span className="hidden">{texts.devices[kind]}</span>
      <select
        value={deviceId ?? ""}
        onChange={({ target }) => dispatch(deviceChosen(kind, target.value))}
      >
        {known.every(({ id }) => id !== deviceId) && (
          <option value="">{texts.devices.default}</option>
        )}
        {known.map(({ id, label }, index) => (
          <option key={id} value={id}>
            {label || texts.devices.unnamed(kind, index + 1)}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </label>
  );
}
