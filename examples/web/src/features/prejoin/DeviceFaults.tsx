// The faults of microphone and camera, combined where possible.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { InlineAlert } from "../../ui/InlineAlert";
import { sourceToggled } from "../devices/devices-slice";
import type { DeviceFault } from "../devices/device-faults";
import type { SourceKind } from "../devices/capture-source";

const KINDS = ["microphone", "camera"] as const;

export function DeviceFaults() {
  const microphone = useAppSelector(({ devices }) => devices.microphone.fault);
  const camera = useAppSelector(({ devices }) => devices.camera.fault);
  if (microphone !== null && microphone === camera) {
    return <FaultOf what="both" kinds={KINDS} fault={microphone} />;
  }
  return (
    <>
      {microphone && <FaultOf what="microphone" kinds={["microphone"]} fault={microphone} />}
      {camera && <FaultOf what="camera" kinds={["camera"]} fault={camera} />}
    </>
  );
}

interface FaultOfProps {
  readonly what: SourceKind | "both";
  readonly kinds: readonly SourceKind[];
  readonly fault: DeviceFault;
}

function FaultOf({ what, kinds, fault }: FaultOfProps) {
  const dispatch = useAppDispatch();
  return (
    <InlineAlert>
      {texts.devices.faultOf(what, fault)}
      {fault !== "insecure" && (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            for (const kind of kinds) dispatch(sourceToggled(kind));
          }}
        >
          {texts.tryAgain}
        </button>
      )}
    </InlineAlert>
  );
}
