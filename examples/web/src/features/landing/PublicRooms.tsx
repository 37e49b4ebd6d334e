// The list of public rooms, with their occupancy.

import { useEffect } from "react";
import type { ListedRoom } from "../../camus-client";
import { hashOf } from "../../app/urls";
import { useAppDispatch, useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { sanitized } from "../people/display-names";
import { roomNamed } from "../room-names/room-names-slice";
import { roomsRequested } from "./rooms-slice";

/** Often enough to watch a room fill up, at hardly any load for the server. */
const INTERVAL_MS = 15_000;

export function PublicRooms() {
  const dispatch = useAppDispatch();
  const listed = useAppSelector(({ rooms }) => rooms.listed);
  const problem = useAppSelector(({ rooms }) => rooms.listProblem);

  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) dispatch(roomsRequested());
    };
    look();
    const timer = setInterval(look, INTERVAL_MS);
    return () => clearInterval(timer);
  }, [dispatch]);

  return (
    <section className="card public-rooms" aria-labelledby="public-rooms">
      <h2 id="public-rooms">{texts.landing.rooms}</h2>
      {problem ? (
        <p className="public-rooms-none">{texts.landing.troubles[problem]}</p>
      ) : !listed ? (
        <p className="public-rooms-none">{texts.landing.loadingRooms}</p>
      ) : listed.length === 0 ? (
        <p className="public-rooms-none">{texts.landing.noRooms}</p>
      ) : (
        <ul>
          {listed.map((room) => (
            <li key={room.room_id}>
              <RoomLink room={room} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function RoomLink({ room }: { readonly room: ListedRoom }) {
  const dispatch = useAppDispatch();
  const { room_id, name, clients, guest_limit, password } = room;
  return (
    <a
      className="room-link"
      href={hashOf(room_id)}
      onClick={() => dispatch(roomNamed({ roomId: room_id, name }))}
    >
      <bdi className="room-link-name">{sanitized(name)}</bdi>
      {password && (
        <span className="room-link-lock" title={texts.landing.protected}>
          <Icon name="lock" />
          <span className="hidden">{texts.landing.protected}</span>
        </span>
      )}
      {clients >= guest_limit && <span className="badge">{texts.landing.full}</span>}
      <span className="room-link-people">
        <Icon name="people" />
        <span aria-hidden="true">
          {clients} / {guest_limit}
        </span>
        <span className="hidden">{texts.landing.occupancy(clients, guest_limit)}</span>
      </span>
    </a>
  );
}
