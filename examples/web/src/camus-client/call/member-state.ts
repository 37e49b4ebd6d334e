// The state that a member announces to all others as `x-state`.

import { isObject } from "../frames";

/** Whether the microphone is muted, the camera is on, and the screen is shared. */
export interface MemberState {
  readonly muted: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Parses the payload of an `x-state`, or returns null if it is invalid. */
export function memberStateIn(data: unknown): MemberState | null {
  if (!isObject(data)) return null;
  const { muted, camera, screen } = data;
  return typeof muted === "boolean" &&
    typeof camera === "boolean" &&
    typeof screen === "boolean"
    ? { muted, camera, screen }
    : null;
}
