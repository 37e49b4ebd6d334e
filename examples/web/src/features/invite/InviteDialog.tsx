// The dialog for inviting others.

import { texts } from "../../texts";
import { Dialog } from "../../ui/Dialog";
import "./invite.css";
import { InviteLink } from "./InviteLink";

interface InviteDialogProps {
  readonly roomId: string;
  readonly onClose: () => void;
}

export function InviteDialog({ roomId, onClose }: InviteDialogProps) {
  return (
    <Dialog title={texts.invite.title} onClose={onClose}>
      <p>{texts.invite.lead}</p>
      <InviteLink roomId={roomId} />
    </Dialog>
  );
}
