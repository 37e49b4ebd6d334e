// The confirmation before leaving the call.

import { useServices } from "../../app/hooks";
import { texts } from "../../texts";
import { ConfirmDialog } from "../../ui/ConfirmDialog";

export function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { call } = useServices();
  return (
    <ConfirmDialog
      title={texts.call.leaveTitle}
      lead={texts.call.leaveLead}
      label={texts.call.leave}
      cancelLabel={texts.call.stay}
      onConfirm={() => call.leave()}
      onClose={onClose}
    />
  );
}
