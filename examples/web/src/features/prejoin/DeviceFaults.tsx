// What is wrong with microphone and camera, in as few sentences as possible.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Notice } from "../../ui/InlineAlert";
import { toggled } from "../devices/devices-slice";
import type { Fault } from "../devices/device-faults";
import type { Kind } from "../devices/capture-source";

const KINDS = ["microphone", "camera"] as const;

export function Faults() {
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
  readonly what: Kind | "both";
  readonly kinds: readonly Kind[];
  readonly fault: Fault;
}

function FaultOf({ what, kinds, fault }: FaultOfProps) {
  const dispatch = useAppDispatch();
  return (
    <Notice>
      {texts.devices.faultOf(what, fault)}
      {fault !== "insecure" && (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            for (const kind of kinds) dispatch(toggled(kind));
          }}
        >
          {texts.tryAgain}
        </button>
      )}
    </Notice>
  );
}
