// The preview: how others will see and hear this user, and the choice of devices.

import { useAppSelector, useStream } from "../../app/hooks";
import { ME } from "../../app/media-streams";
import { texts } from "../../texts";
import { VideoView } from "../../ui/VideoView";
import { DeviceSelect } from "../devices/DeviceSelect";
import { LevelMeter } from "../devices/LevelMeter";
import { SourceButton } from "../devices/SourceButton";
import { DeviceFaults } from "./DeviceFaults";

export function Preview() {
  const camera = useStream(`${ME}/camera`);
  const isStarting = useAppSelector(({ devices }) => devices.camera.isStarting);
  const known = useAppSelector(({ devices }) => devices.known);
  return (
    <section className="preview" aria-label={texts.prejoin.preview}>
      <div className="preview-picture">
        {camera ? (
          <VideoView stream={camera} label={texts.prejoin.preview} isMirrored />
        ) : (
          <div className="preview-none">
            <p>{isStarting ? texts.prejoin.cameraStarting : texts.prejoin.cameraOff}</p>
            {isStarting && <small>{texts.prejoin.askingForDevices}</small>}
          </div>
        )}
        <div className="preview-controls">
          <SourceButton kind="microphone" />
          <SourceButton kind="camera" />
        </div>
      </div>
      <DeviceFaults />
      <div className="preview-devices">
        {known.microphone.length > 0 && <DeviceSelect kind="microphone" />}
        {known.camera.length > 0 && <DeviceSelect kind="camera" />}
      </div>
      {known.microphone.length > 0 && <LevelMeter />}
    </section>
  );
}
