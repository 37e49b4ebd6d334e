// Shown while the client is in the waiting room, or while the server can't accept it.

import { useAppSelector, useServices } from "../../app/hooks";
import { texts } from "../../texts";
import { localTime } from "../../texts/times";
import type { Presence } from "../call/session-slice";
import { useSecondsUntil } from "../call/use-seconds-until";

/** The last seconds before a room opens are counted down. */
const COUNTED_SECONDS = 60;

export function WaitingCard() {
  const { call } = useServices();
  const presence = useAppSelector(({ session }) => session.presence);
  const { title, lead } = wordsOf(presence);
  return (
    <div className="join-card" role="status">
      <span className="spinner" aria-hidden="true" />
      <h1>{title}</h1>
      <p>{lead}</p>
      {presence.at === "away" && presence.waitReason && <NextTry at={presence.nextTry} />}
      {presence.at === "away" && presence.opensAt !== null && <Opening at={presence.opensAt} />}
      <button type="button" className="button button-quiet" onClick={() => call.leave()}>
        {texts.prejoin.stopWaiting}
      </button>
    </div>
  );
}

function wordsOf(presence: Presence): { readonly title: string; readonly lead: string } {
  const { prejoin, call } = texts;
  if (presence.at !== "away") {
    const isAlone = presence.at === "waiting" && !presence.isModerated;
    return {
      title: prejoin.waiting,
      lead: isAlone ? prejoin.waitingAlone : prejoin.waitingLead,
    };
  }
  const { waitReason, opensAt } = presence;
  if (opensAt !== null) {
    const time = localTime(toMinute(opensAt), texts.language);
    return { title: prejoin.notOpen, lead: `${prejoin.opens(time)} ${prejoin.notOpenLead}` };
  }
  return waitReason
    ? { title: prejoin.held, lead: `${call.holds[waitReason]} ${prejoin.heldLead}` }
    : { title: prejoin.waiting, lead: call.reconnecting };
}

/** Rounds a time, which is some tenths of a second wrong, to the minute that was meant. */
const toMinute = (time: number): number => Math.round(time / 60) * 60;

/** It changes every second, so it isn't announced. */
function NextTry({ at }: { readonly at: number }) {
  const seconds = useSecondsUntil(at);
  return (
    <p aria-live="off">{seconds > 0 ? texts.call.nextTry(seconds) : texts.prejoin.joining}</p>
  );
}

/** It changes every second, so it isn't announced. */
function Opening({ at }: { readonly at: number }) {
  const seconds = useSecondsUntil(at);
  if (seconds > COUNTED_SECONDS) return null;
  return (
    <p aria-live="off">
      {seconds > 0 ? texts.prejoin.opensIn(seconds) : texts.prejoin.joining}
    </p>
  );
}
