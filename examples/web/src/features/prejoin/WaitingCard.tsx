// The waiting room: somebody inside decides.

import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";

export function WaitingCard() {
  const { call } = useServices();
  const { at } = useAppSelector(({ session }) => session.presence);
  return (
    <div className="join-card" role="status">
      <span className="spinner" aria-hidden="true" />
      <h1>{texts.prejoin.waiting}</h1>
      <p>{at === "away" ? texts.call.reconnecting : texts.prejoin.waitingLead}</p>
      <button type="button" className="button button-quiet" onClick={() => call.leave()}>
        {texts.prejoin.stopWaiting}
      </button>
    </div>
  );
}
