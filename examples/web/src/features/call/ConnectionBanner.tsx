// That the connection is lost, and when the next try comes: nobody has to do anything.

import { useEffect, useState } from "react";
import { systemClock } from "../../camus-client";
import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";

/** A try that is so near needs no countdown. */
const SOON = 3;

export function ConnectionBanner() {
  const presence = useAppSelector(({ session }) => session.presence);
  return presence.at === "away" ? <Away nextTry={presence.nextTry} /> : null;
}

function Away({ nextTry }: { readonly nextTry: number }) {
  const { call } = useServices();
  const seconds = useSecondsUntil(nextTry);
  const isSoon = seconds < SOON || !navigator.onLine;
  return (
    <div className="banner banner-warning">
      <span className="spinner" aria-hidden="true" />
      <span role="status">
        {navigator.onLine ? texts.call.reconnecting : texts.call.offline}
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

function useSecondsUntil(time: number): number {
  const left = (): number => Math.max(0, Math.ceil(time - systemClock.now()));
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((ticks) => ticks + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return left();
}
