// Shown while the client is in the waiting room, or while the server can't accept it.

import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";
import { useSecondsUntil } from "../call/use-seconds-until";

export function WaitingCard() {
  const { call } = useServices();
  const presence = useAppSelector(({ session }) => session.presence);
  const waitReason = presence.at === "away" ? presence.waitReason : null;
  const isAlone = presence.at === "waiting" && !presence.isModerated;
  const waitingLead = isAlone ? texts.prejoin.waitingAlone : texts.prejoin.waitingLead;
  const lead = presence.at === "away" ? texts.call.reconnecting : waitingLead;
  return (
    <div className="join-card" role="status">
      <span className="spinner" aria-hidden="true" />
      <h1>{waitReason ? texts.prejoin.held : texts.prejoin.waiting}</h1>
      <p>{waitReason ? `${texts.call.holds[waitReason]} ${texts.prejoin.heldLead}` : lead}</p>
      {waitReason && presence.at === "away" && <NextTry at={presence.nextTry} />}
      <button type="button" className="button button-quiet" onClick={() => call.leave()}>
        {texts.prejoin.stopWaiting}
      </button>
    </div>
  );
}

/** It changes every second, so it isn't announced. */
function NextTry({ at }: { readonly at: number }) {
  const seconds = useSecondsUntil(at);
  return (
    <p aria-live="off">{seconds > 0 ? texts.call.nextTry(seconds) : texts.prejoin.joining}</p>
  );
}
