// The selection of the camera's resolution.

import { useId } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { isResolution, RESOLUTIONS } from "../devices/resolution";
import { resolutionChosen } from "./settings-slice";

export function ResolutionSelect() {
  const dispatch = useAppDispatch();
  const resolution = useAppSelector(({ settings }) => settings.resolution);
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{texts.settings.resolution}</label>
      <select
        id={id}
        value={resolution}
        onChange={({ target: { value } }) => {
          if (isResolution(value)) dispatch(resolutionChosen(value));
        }}
      >
        {RESOLUTIONS.map((one) => (
          <option key={one} value={one}>
            {one === "auto" ? texts.settings.automatic : one}
          </option>
        ))}
      </select>
    </div>
  );
}
