// Measures the connections of a call periodically.

import type { Call } from "../../camus-client";
import type { DispatchAction } from "../../app/store";
import { qualitiesMeasured } from "./quality-slice";

/** Short enough to notice problems early, long enough to count packets. */
const INTERVAL_MS = 3000;

/** Reports the quality of each connection; the returned function stops it. */
export function watchQuality(
  call: Pick<Call, "measure">,
  dispatch: DispatchAction,
): () => void {
  let isOver = false;
  const measure = async (): Promise<void> => {
    const qualities = Object.fromEntries(await call.measure());
    if (!isOver) dispatch(qualitiesMeasured(qualities));
  };
  // A connection may end while it is measured.
  const timer = setInterval(() => void measure().catch(() => undefined), INTERVAL_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
