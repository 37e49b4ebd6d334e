// A panel beside the call; on phones it covers the call.

import { useCallback, useId } from "react";
import type { ReactNode } from "react";
import { ErrorBoundary } from "../app/ErrorBoundary";
import { useAppDispatch } from "../app/hooks";
import { panelShown } from "../features/stage/stage-slice";
import type { PanelName as PanelName } from "../features/stage/stage-slice";
import { texts } from "../texts";
import { ErrorFallback } from "./ErrorFallback";
import { Icon } from "./icons";

interface PanelProps {
  readonly name: PanelName;
  readonly title: string;
  readonly children: ReactNode;
}

export function Panel({ name, title, children }: PanelProps) {
  const dispatch = useAppDispatch();
  const heading = useId();
  const takeFocus = useCallback(
    (element: HTMLElement) => {
      element.focus({ preventScroll: true });
      // Closing the panel returns the focus to the button that opened it.
      return () => document.getElementById(`show-${name}`)?.focus({ preventScroll: true });
    },
    [name],
  );
  return (
    <aside
      ref={takeFocus}
      className="panel"
      tabIndex={-1}
      aria-labelledby={heading}
      onKeyDown={({ key }) => {
        // Escape first closes what covers the panel.
        const isCovered = document.querySelector(":popover-open, dialog[open]") !== null;
        if (key === "Escape" && !isCovered) dispatch(panelShown(null));
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={texts.close}
          onClick={() => dispatch(panelShown(null))}
        >
          <Icon name="close" />
        </button>
      </header>
      <ErrorBoundary fallback={<ErrorFallback what={texts.broken.panel} />}>
        {children}
      </ErrorBoundary>
    </aside>
  );
}
