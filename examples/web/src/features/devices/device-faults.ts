// The faults of microphones and cameras, from the browser's exceptions (W3C Media Capture and
// Streams).

/**
 * A fault of a device.
 *
 * - `denied`: the user or the operating system has denied permission.
 * - `missing`: there is no such device.
 * - `busy`: another program uses it, or it doesn't start.
 * - `insecure`: the page was not loaded over https.
 * - `unplugged`: it was unplugged, and there is no other.
 * - `other`: any other fault.
 */
export type DeviceFault = "denied" | "missing" | "busy" | "insecure" | "unplugged" | "other";

const FAULTS: Readonly<Record<string, DeviceFault>> = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied", // in older browsers
  SecurityError: "denied",
  Insecure: "insecure",
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
};

/** Returns the fault behind an exception of `getUserMedia` or `getDisplayMedia`. */
export function faultOf(error: unknown): DeviceFault {
  return (error instanceof Error ? FAULTS[error.name] : null) ?? "other";
}
