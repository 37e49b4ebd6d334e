// Forwards the events of a session and a call to the store.

import type { Call, Session } from "../../camus-client";
import type { AudioLevels } from "../../app/audio-levels";
import type { RootState, DispatchAction } from "../../app/store";
import type { MediaStreams } from "../../app/media-streams";
import { messagesFailed, textsRemoved } from "../chat/chat-slice";
import { noticed } from "../notices/notices-slice";
import { named, namedAll } from "../people/display-names";
import {
  connectionChanged,
  memberStateChanged,
  memberJoined,
  memberLeft,
  memberUpdated,
  rosterReplaced,
  tracksChanged,
  waitingClientCame,
  waitingClientLeft,
  waitingRoomReplaced,
} from "../people/people-slice";
import { lockChanged, roleChanged } from "./session-slice";

/** The number of URLs in a notice, which has a few lines; the console shows all. */
const MAX_URLS = 3;

/** The targets of forwarded events. */
export interface ForwardingTargets {
  readonly dispatch: DispatchAction;
  readonly state: () => RootState;
  readonly streams: MediaStreams;
  readonly audioLevels: AudioLevels;
}

/** Forwards changes of the roster and the waiting room, and failed messages. */
export function forwardSessionEvents(
  session: Session,
  { dispatch, state }: ForwardingTargets,
): void {
  const dispatchWaitingRoom = (): void => {
    const { members, waiting } = state().people;
    dispatch(waitingRoomReplaced(namedAll([...session.waiting.values()], waiting, members)));
  };
  session.on("entered", ({ how }) => {
    const { members } = state().people;
    if (how !== "resumed")
      dispatch(rosterReplaced(namedAll([...session.clients.values()], members)));
    dispatchWaitingRoom();
  });
  session.on("client-joined", (client) => {
    dispatch(memberJoined(named(client, state().people.members)));
  });
  session.on("client-left", ({ id, reason }) => {
    const { members } = state().people;
    const member = members.find((one) => one.id === id);
    if (member)
      dispatch(memberLeft({ id, username: member.username, mark: member.mark, reason }));
  });
  session.on("client-updated", (client) => {
    const { members } = state().people;
    for (const one of namedAll([client], members, members)) dispatch(memberUpdated(one));
    const { me, role } = state().session;
    if (client.id !== me || client.role === role) return;
    dispatch(roleChanged(client.role));
    dispatchWaitingRoom();
  });
  session.on("room-updated", ({ locked }) => {
    if (locked !== state().session.isLocked) dispatch(lockChanged(locked));
  });
  session.on("text-removed", (which) => dispatch(textsRemoved(which)));
  session.on("client-waiting", (client) => {
    const { members, waiting } = state().people;
    dispatch(waitingClientCame(named(client, [...members, ...waiting])));
  });
  session.on("client-waiting-left", ({ id }) => dispatch(waitingClientLeft({ id })));
  session.on("expired", (messages) => {
    dispatch(
      messagesFailed(messages.flatMap(({ id }) => (typeof id === "string" ? [id] : []))),
    );
  });
  session.on("refused", ({ error, id }) => {
    if (id !== null) dispatch(messagesFailed([id]));
    // The recipient has just left, which is reported anyway; the user did not send this
    // message.
    if (error.code !== "unknown-receiver")
      dispatch(noticed({ kind: "refused", code: error.code }));
  });
}

/** Forwards connection states, and passes on the received tracks. */
export function forwardCallEvents(
  call: Call,
  { dispatch, streams, audioLevels }: ForwardingTargets,
): void {
  const receive = (id: string, tracks: ReadonlyMap<string, MediaStreamTrack>): void => {
    streams.putAll(id, tracks);
    audioLevels.watch(id, tracks.get("microphone") ?? null);
    dispatch(tracksChanged({ id, tracks: [...tracks.keys()] }));
  };
  call.on("tracks", ({ id, tracks }) => receive(id, tracks));
  call.on("state", ({ id, state }) => dispatch(memberStateChanged({ id, state })));
  call.on("servers-refused", (urls) => {
    console.warn("The browser refuses these STUN and TURN servers:", urls);
    const more = urls.length > MAX_URLS ? ["…"] : [];
    dispatch(noticed({ kind: "servers", urls: [...urls.slice(0, MAX_URLS), ...more] }));
  });
  call.on("failed", ({ error }) => console.warn("A connection has failed:", error));
  call.on("peer", ({ id, state }) => {
    if (state === "closed") receive(id, new Map());
    dispatch(connectionChanged({ id, connection: state }));
  });
}
