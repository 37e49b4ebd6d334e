// A modal dialog.

import { useCallback, useId } from "react";
import type { ReactNode } from "react";
import { texts } from "../texts";
import { Icon } from "./icons";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** Open as long as it is rendered. The browser traps the focus inside, and restores it. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const heading = useId();
  const open = useCallback((dialog: HTMLDialogElement) => {
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={open} className="dialog" aria-labelledby={heading} onCancel={onClose}>
      <header>
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          className="icon-button"
          onClick={onClose}
          aria-label={texts.close}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
