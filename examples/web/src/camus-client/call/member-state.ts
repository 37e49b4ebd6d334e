// What a member tells all others of itself, as `x-state`.

import { isObject } from "../frames";

/** Whether the microphone is muted, the camera on, and the screen shared. */
export interface MemberState {
  readonly muted: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

/** Reads what an `x-state` of a peer says, or returns null where it says something else. */
export function memberStateIn(data: unknown): MemberState | null {
  if (!isObject(data)) return null;
  const { muted, camera, screen } = data;
  return typeof muted === "boolean" &&
    typeof camera === "boolean" &&
    typeof screen === "boolean"
    ? { muted, camera, screen }
    : null;
}
