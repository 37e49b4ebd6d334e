// Tells the user that the room has another name than the one typed: several names make one id.

import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { sanitized } from "../people/display-names";
import { otherNameTyped } from "../room-names/room-names-slice";
import { useRoomTitle } from "../room-names/use-room-title";

export function OtherName({ roomId }: { readonly roomId: string }) {
  const title = useRoomTitle(roomId);
  const typed = useAppSelector(({ roomNames }) => otherNameTyped(roomNames, roomId));
  if (typed === null) return null;
  return <p role="status">{texts.prejoin.otherName(sanitized(typed), title)}</p>;
}
