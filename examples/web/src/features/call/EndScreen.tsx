// The screen after the call: the reason for its end, and the ways on.

import { hashOf } from "../../app/urls";
import { useAppDispatch } from "../../app/hooks";
import { roomEntered } from "../../app/navigation";
import { texts } from "../../texts";
import { Logo } from "../../ui/Logo";
import { useRoomTitle } from "../room-names/use-room-title";
import type { EndReason } from "./end-reasons";

interface EndScreenProps {
  readonly roomId: string;
  readonly reason: EndReason;
  readonly words: string | null;
}

export function EndScreen({ roomId, reason, words }: EndScreenProps) {
  const dispatch = useAppDispatch();
  const title = useRoomTitle(roomId);
  return (
    <main className="screen-centre">
      <Logo />
      <h1>{texts.end.titles[reason] ?? texts.end.lost}</h1>
      <p>{reason === "left" ? title : texts.end.reasons[reason]}</p>
      {words !== null && (
        <p>
          {texts.end.words} <q dir="auto">{words}</q>
        </p>
      )}
      <div className="buttons">
        {reason !== "banned" && reason !== "room-ended" && (
          <button
            type="button"
            className="button"
            autoFocus
            onClick={() => dispatch(roomEntered(roomId))}
          >
            {reason === "replaced" ? texts.end.here : texts.end.again}
          </button>
        )}
        <a className="button button-quiet" href={hashOf(null)}>
          {texts.end.home}
        </a>
      </div>
    </main>
  );
}
