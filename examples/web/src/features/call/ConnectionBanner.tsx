// The banner shown while the connection is lost, with the time of the next attempt.

import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";
import type { Disconnection } from "./session-slice";
import { useSecondsUntil } from "./use-seconds-until";

/** An attempt within so many seconds needs no countdown. */
const SOON_SECONDS = 3;

export function ConnectionBanner() {
  const presence = useAppSelector(({ session }) => session.presence);
  return presence.at === "away" ? <Disconnected disconnection={presence} /> : null;
}

function Disconnected({ disconnection }: { readonly disconnection: Disconnection }) {
  const { call } = useServices();
  const seconds = useSecondsUntil(disconnection.nextTry);
  const isSoon = seconds < SOON_SECONDS || !navigator.onLine;
  return (
    <div className="banner banner-warning">
      <span className="spinner" aria-hidden="true" />
      <span role="status">
        {navigator.onLine ? texts.call.reconnecting : texts.call.offline}
        {disconnection.waitReason && ` ${texts.call.holds[disconnection.waitReason]}`}
        {disconnection.opensAt !== null && ` ${texts.prejoin.notOpen}.`}
      </span>
      {!isSoon && (
        <>
          <span aria-hidden="true">{texts.call.nextTry(seconds)}</span>
          <button
            type="button"
            className="button button-small"
            onClick={() => call.reconnectNow()}
          >
            {texts.call.tryNow}
          </button>
        </>
      )}
    </div>
  );
}
