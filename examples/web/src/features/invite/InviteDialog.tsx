// The dialog for inviting others.

import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Dialog } from "../../ui/Dialog";
import { mayModerateWith } from "../people/people-slice";
import { Invitations } from "./Invitations";
import "./invite.css";
import { InviteLink } from "./InviteLink";

interface InviteDialogProps {
  readonly roomId: string;
  readonly onClose: () => void;
}

export function InviteDialog({ roomId, onClose }: InviteDialogProps) {
  const mayInvite = useAppSelector(({ session }) => mayModerateWith(session, "invitations"));
  return (
    <Dialog title={texts.invite.title} onClose={onClose}>
      <p>{texts.invite.lead}</p>
      <InviteLink roomId={roomId} />
      {mayInvite && <Invitations roomId={roomId} />}
    </Dialog>
  );
}
