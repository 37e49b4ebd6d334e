// The title of a room: its name, or words made of its id while the name isn't known.

import { roomTitle } from "../../app/urls";
import { useAppSelector } from "../../app/hooks";
import { sanitized } from "../people/display-names";
import { nameTold } from "./room-names-slice";

/** Returns the title of a room; an empty text without a room. */
export function useRoomTitle(roomId: string | null): string {
  const name = useAppSelector(({ roomNames }) =>
    roomId === null ? null : nameTold(roomNames, roomId),
  );
  if (roomId === null) return "";
  // A room that was made without a name is called by its id.
  return name === null || name === roomId ? roomTitle(roomId) : sanitized(name);
}
