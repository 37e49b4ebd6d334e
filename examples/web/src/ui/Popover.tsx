// A popover opened by a button; a click elsewhere or Escape closes it.

import { useCallback, useId, useRef } from "react";
import type { ReactNode } from "react";

interface PopoverProps {
  readonly label: string;
  readonly className: string;
  /** The content of the button. */
  readonly button: ReactNode;
  readonly children: ReactNode;
}

const MARGIN = 8;

export function Popover({ label, className, button, children }: PopoverProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const place = useCallback((box: HTMLDivElement) => {
    const listening = new AbortController();
    box.addEventListener(
      "toggle",
      ({ newState }) => {
        if (newState === "open" && opener.current) placeBeside(opener.current, box);
      },
      { signal: listening.signal },
    );
    return () => listening.abort();
  }, []);
  return (
    <>
      <button
        ref={opener}
        type="button"
        className={className}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-label={label}
        title={label}
      >
        {button}
      </button>
      <div
        ref={place}
        id={id}
        className="popover"
        popover="auto"
        role="dialog"
        aria-label={label}
        onClick={({ target, currentTarget }) => {
          // Clicking a button in it closes the popover; changing an input doesn't.
          if (target instanceof Element && target.closest("button"))
            currentTarget.hidePopover();
        }}
      >
        {children}
      </div>
    </>
  );
}

/** Places the box above the opener if there is space, otherwise below, within the page. */
function placeBeside(opener: HTMLElement, box: HTMLElement): void {
  const around = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const above = around.top - height - MARGIN;
  const left = around.left + around.width / 2 - width / 2;
  const rightmost = document.documentElement.clientWidth - width - MARGIN;
  box.style.left = `${Math.max(MARGIN, Math.min(left, rightmost))}px`;
  box.style.top = `${above >= MARGIN ? above : around.bottom + MARGIN}px`;
}
