// Notices of recent events, for reading and for screen readers.

import { useEffect } from "react";
import { ErrorBoundary } from "../../app/ErrorBoundary";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { MANY } from "../../texts/counts";
import "./notices.css";
import { dismissed } from "./notices-slice";
import type { Notice } from "./notices-slice";

/** Long enough to read two lines. */
const SHOWN_MS = 6000;

export function Toasts() {
  const shown = useAppSelector(({ notices }) => notices.shown);
  const more = useAppSelector(({ notices }) => Math.min(notices.more, MANY));
  return (
    <section className="toasts" aria-label={texts.notices.title}>
      <div className="toasts-told" role="status">
        {shown.map((notice) => (
          <ErrorBoundary key={notice.id} fallback={null}>
            <Toast notice={notice} />
          </ErrorBoundary>
        ))}
      </div>
      {/* Not announced: under a flood the number changes all the time. */}
      {more > 0 && <p className="toast">{texts.notices.more(more)}</p>}
    </section>
  );
}

function Toast({ notice: { id, news } }: { readonly notice: Notice }) {
  const dispatch = useAppDispatch();
  useEffect(() => {
    const timer = setTimeout(() => dispatch(dismissed(id)), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [dispatch, id]);
  return <p className="toast">{texts.notices.of(news)}</p>;
}
