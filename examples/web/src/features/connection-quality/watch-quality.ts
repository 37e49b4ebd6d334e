// Measures the connections of a call as long as it lasts.

import type { Call } from "../../camus-client";
import type { Tell } from "../../app/store";
import { qualitiesMeasured } from "./quality-slice";

/** Short enough to see trouble come, long enough to count packets. */
const INTERVAL_MS = 3000;

/** Tells how good each connection is, until the function returned is called. */
export function watchQuality(call: Pick<Call, "measure">, tell: Tell): () => void {
  let isOver = false;
  const measure = async (): Promise<void> => {
    const qualities = Object.fromEntries(await call.measure());
    if (!isOver) tell(qualitiesMeasured(qualities));
  };
  // A connection that ends while it is measured is measured no more.
  const timer = setInterval(() => void measure().catch(() => undefined), INTERVAL_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
