// The confirmation before a text is removed for everyone.

import { useAppDispatch } from "../../app/hooks";
import { texts } from "../../texts";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { textRemovalRequested } from "./text-removal";
import type { RemovableMessage } from "./text-removal";

interface RemoveTextDialogProps {
  readonly message: RemovableMessage;
  readonly onClose: () => void;
}

export function RemoveTextDialog({ message, onClose }: RemoveTextDialogProps) {
  const dispatch = useAppDispatch();
  return (
    <ConfirmDialog
      title={texts.chat.removeTitle}
      lead={texts.chat.removeLead}
      label={texts.chat.removeDo}
      onConfirm={() => dispatch(textRemovalRequested(message))}
      onClose={onClose}
    />
  );
}
