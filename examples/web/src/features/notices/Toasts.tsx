// What has just happened, for eyes and for screen readers.

import { useEffect } from "react";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import "./notices.css";
import { dismissed } from "./notices-slice";
import type { Notice } from "./notices-slice";

/** Long enough to read two lines. */
const SHOWN_FOR = 6000;

export function Toasts() {
  const shown = useAppSelector(({ notices }) => notices.shown);
  return (
    <div className="toasts" role="status" aria-label={texts.notices.title}>
      {shown.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice: { id, news } }: { readonly notice: Notice }) {
  const dispatch = useAppDispatch();
  useEffect(() => {
    const timer = setTimeout(() => dispatch(dismissed(id)), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [dispatch, id]);
  return <p className="toast">{texts.notices.of(news)}</p>;
}
