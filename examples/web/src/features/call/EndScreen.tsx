// After the call: why it is over, and what next.

import { hashOf, nameOf } from "../../app/address";
import { useAppDispatch } from "../../app/hooks";
import { roomEntered } from "../../app/navigation";
import { texts } from "../../texts";
import { Logo } from "../../ui/Logo";
import type { Reason } from "./ending";

interface EndScreenProps {
  readonly roomId: string;
  readonly reason: Reason;
}

const t = texts.end;

export function EndScreen({ roomId, reason }: EndScreenProps) {
  const dispatch = useAppDispatch();
  return (
    <main className="screen-centre">
      <Logo />
      <h1>{t.titles[reason] ?? t.lost}</h1>
      <p>{reason === "left" ? nameOf(roomId) : t.reasons[reason]}</p>
      <div className="buttons">
        {reason !== "banned" && (
          <button
            type="button"
            className="button"
            autoFocus
            onClick={() => dispatch(roomEntered(roomId))}
          >
            {reason === "replaced" ? t.here : t.again}
          </button>
        )}
        <a className="button button-quiet" href={hashOf(null)}>
          {t.home}
        </a>
      </div>
    </main>
  );
}
