// The menu beside a microphone or camera button: the choice of a device, and its fault.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { InlineAlert } from "../../ui/InlineAlert";
import { Popover } from "../../ui/Popover";
import { ResolutionSelect } from "../settings/ResolutionSelect";
import { deviceChosen } from "./devices-slice";
import { LevelMeter } from "./LevelMeter";
import type { SourceKind } from "./capture-source";

export function DeviceMenu({ kind }: { readonly kind: SourceKind }) {
  const dispatch = useAppDispatch();
  const { deviceId, fault } = useAppSelector(({ devices }) => devices[kind]);
  const known = useAppSelector(({ devices }) => devices.known[kind]);
  return (
    <Popover
      label={texts.devices.choose[kind]}
      className="control-more"
      button={<Icon name="up" />}
    >
      <fieldset className="device-menu">
        <legend>{texts.devices[kind]}</legend>
        {fault && <InlineAlert>{texts.devices.faultOf(kind, fault)}</InlineAlert>}
        {known.length === 0 && !fault && <p>{texts.devices.none}</p>}
        {known.map(({ id, label }, index) => (
          <label key={id}>
            <input
              type="radio"
              name={kind}
              checked={id === deviceId}
              onChange={() => dispatch(deviceChosen(kind, id))}
            />
            <span>{label || texts.devices.unnamed(kind, index + 1)}</span>
          </label>
        ))}
        {kind === "microphone" ? <LevelMeter /> : <ResolutionSelect />}
      </fieldset>
    </Popover>
  );
}
