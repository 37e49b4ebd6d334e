import { expect, test } from "vitest";
import type { DeviceFault } from "../../src/features/devices/device-faults";
import { en } from "../../src/texts/en";

const FAULTS: readonly DeviceFault[] = [
  "denied",
  "missing",
  "busy",
  "insecure",
  "unplugged",
  "other",
];

test("every device fault has its own text, which names the device", () => {
  for (const what of ["microphone", "camera", "both"] as const) {
    const sentences = FAULTS.map((fault) => en.devices.faultOf(what, fault));
    expect(new Set(sentences).size).toBe(FAULTS.length);
    const name = what === "both" ? "microphone and camera" : what;
    expect(sentences.filter((sentence) => !sentence.includes(name))).toEqual([]);
  }
});
