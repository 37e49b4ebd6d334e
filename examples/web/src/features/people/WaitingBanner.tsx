// The banner that tells moderators of waiting clients.

import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { panelShown } from "../stage/stage-slice";
import { labelOf } from "./display-names";
import { waitingClientAdmitted, waitingClientDenied } from "./people-slice";

export function WaitingBanner() {
  const dispatch = useAppDispatch();
  const waiting = useAppSelector(({ people }) => people.waiting);
  const isListed = useAppSelector(({ stage }) => stage.panel === "people");
  const [first] = waiting;
  if (!first || isListed) return null;
  const { id } = first;
  return (
    <div className="banner">
      <span>
        {waiting.length === 1
          ? texts.people.oneWaits(labelOf(first))
          : texts.people.manyWait(waiting.length)}
      </span>
      {waiting.length === 1 ? (
        <span className="banner-buttons">
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => dispatch(waitingClientDenied(id))}
          >
            {texts.people.deny}
          </button>
          <button
            type="button"
            className="button button-small"
            onClick={() => dispatch(waitingClientAdmitted(id))}
          >
            {texts.people.admit}
          </button>
        </span>
      ) : (
        <button
          type="button"
          className="button button-small"
          onClick={() => dispatch(panelShown("people"))}
        >
          {texts.people.seeThem}
        </button>
      )}
    </div>
  );
}
