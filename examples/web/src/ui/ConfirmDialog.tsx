// A dialog that asks the user to confirm an action.

import { texts } from "../texts";
import { Dialog } from "./Dialog";

interface ConfirmDialogProps {
  readonly title: string;
  readonly lead: string;
  /** The label of the button that confirms. */
  readonly label: string;
  readonly cancelLabel?: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function ConfirmDialog({
  title,
  lead,
  label,
  cancelLabel = texts.cancel,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{lead}</p>
      <footer>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {cancelLabel}
        </button>
        <button
          type="button"
          className="button button-danger"
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {label}
        </button>
      </footer>
    </Dialog>
  );
}
