// Why a microphone or a camera can't be had, from what the browser throws (W3C Media Capture).

/**
 * - `denied`: the person, or the system, has said no.
 * - `missing`: there is none.
 * - `busy`: another program has it, or it doesn't start.
 * - `insecure`: the page didn't come over https, so the browser has none for it.
 * - `unplugged`: it was there until now, and there is no other.
 * - `other`: none of these.
 */
export type DeviceFault = "denied" | "missing" | "busy" | "insecure" | "unplugged" | "other";

const FAULTS: Readonly<Record<string, DeviceFault>> = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied", // what older browsers say
  SecurityError: "denied",
  Insecure: "insecure",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
};

/** Returns what an error of `getUserMedia` or `getDisplayMedia` means. */
export function faultOf(error: unknown): DeviceFault {
  return (error instanceof Error ? FAULTS[error.name] : null) ?? "other";
}
