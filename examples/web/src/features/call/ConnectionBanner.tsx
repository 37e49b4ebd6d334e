// That the connection is lost, and when the next try comes: nobody has to do anything.

import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";
import type { Absence } from "./session-slice";
import { useSecondsUntil } from "./use-seconds-until";

/** A try that is so near needs no countdown. */
const SOON = 3;

export function ConnectionBanner() {
  const presence = useAppSelector(({ session }) => session.presence);
  return presence.at === "away" ? <Away absence={presence} /> : null;
}

function Away({ absence }: { readonly absence: Absence }) {
  const { call } = useServices();
  const seconds = useSecondsUntil(absence.nextTry);
  const isSoon = seconds < SOON || !navigator.onLine;
  return (
    <div className="banner banner-warning">
      <span className="spinner" aria-hidden="true" />
      <span role="status">
        {navigator.onLine ? texts.call.reconnecting : texts.call.offline}
        {absence.hold && ` ${texts.call.holds[absence.hold]}`}
      </span>
      {!isSoon && (
        <>
          <span aria-hidden="true">{texts.call.nextTry(seconds)}</span>
          <button
            type="button"
            className="button button-small"
            onClick={() => call.comeBackNow()}
          >
            {texts.call.tryNow}
          </button>
        </>
      )}
    </div>
  );
}
