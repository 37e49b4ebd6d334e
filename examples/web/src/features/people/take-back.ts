// Taking back a ban or an invitation, which may be an owner's.

import { Refused } from "../../camus-client";
import type { DispatchAction } from "../../app/store";
import { noticed, refusalNews } from "../notices/notices-slice";

/**
 * Makes a request that takes something back. A notice tells of its failure, except where there
 * is nothing to take back any more.
 *
 * @returns false if only an owner may take it back.
 */
export async function mayTakeBack(
  request: () => Promise<void>,
  dispatch: DispatchAction,
): Promise<boolean> {
  try {
    await request();
  } catch (error) {
    const code = error instanceof Refused ? error.error.code : null;
    if (code === "not-allowed") return false;
    if (code !== "not-found") dispatch(noticed(refusalNews(error)));
  }
  return true;
}
