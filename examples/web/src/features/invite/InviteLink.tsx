// The invitation link, for copying or sharing with another app.

import { useState } from "react";
import { withInvitation } from "../../camus-client";
import { roomLink } from "../../app/urls";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { useRoomTitle } from "../room-names/use-room-title";

const canShare = "share" in navigator;

interface InviteLinkProps {
  readonly roomId: string;
  /** The secret of an invitation, if the link has one. */
  readonly invitation?: string;
}

export function InviteLink({ roomId, invitation }: InviteLinkProps) {
  const title = useRoomTitle(roomId);
  const [isCopied, setCopied] = useState(false);
  const room = roomLink(roomId, location.href);
  const link = invitation === undefined ? room : withInvitation(room, invitation);
  const isInvitation = invitation !== undefined;

  const copy = async (input: HTMLInputElement): Promise<void> => {
    input.select();
    // Pages over http have no clipboard; the selected text can be copied by hand.
    if ("clipboard" in navigator) await navigator.clipboard.writeText(link);
    setCopied("clipboard" in navigator);
  };

  const share = (): void => {
    const what = { title, text: texts.invite.shareText, url: link };
    navigator.share(what).catch(() => undefined); // the user has closed the dialog
  };

  return (
    <form
      className="invite-link"
      onSubmit={(event) => {
        event.preventDefault();
        const input = event.currentTarget.elements.namedItem("link");
        if (input instanceof HTMLInputElement) copy(input).catch(() => setCopied(false));
      }}
    >
      <input
        name="link"
        aria-label={isInvitation ? texts.invite.invitationLink : texts.invite.link}
        value={link}
        readOnly
        onFocus={({ target }) => target.select()}
      />
      <button type="submit" className="button">
        <Icon name={isCopied ? "check" : "copy"} />
        <span aria-live="polite">
          {isCopied
            ? texts.invite.copied
            : isInvitation
              ? texts.invite.copyInvitation
              : texts.invite.copy}
        </span>
      </button>
      {canShare && (
        <button type="button" className="button button-quiet" onClick={share}>
          <Icon name="share" />
          {texts.invite.share}
        </button>
      )}
    </form>
  );
}
