// Forwards the events of a session and a call to the store.

import type { Call, Session } from "../../camus-client";
import type { AudioLevels } from "../../app/audio-levels";
import type { RootState, Tell } from "../../app/store";
import type { MediaStreams } from "../../app/media-streams";
import { messagesFailed } from "../chat/chat-slice";
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
  readonly tell: Tell;
  readonly state: () => RootState;
  readonly streams: MediaStreams;
  readonly audioLevels: AudioLevels;
}

/** Forwards changes of the roster and the waiting room, and failed messages. */
export function forwardSessionEvents(
  session: Session,
  { tell, state }: ForwardingTargets,
): void {
  const tellWaitingRoom = (): void => {
    const { members, waiting } = state().people;
    tell(waitingRoomReplaced(namedAll([...session.waiting.values()], waiting, members)));
  };
  session.on("entered", ({ how }) => {
    const { members } = state().people;
    if (how !== "resumed")
      tell(rosterReplaced(namedAll([...session.clients.values()], members)));
    tellWaitingRoom();
  });
  session.on("client-joined", (client) => {
    tell(memberJoined(named(client, state().people.members)));
  });
  session.on("client-left", ({ id, reason }) => {
    const { members } = state().people;
    const member = members.find((one) => one.id === id);
    if (member) tell(memberLeft({ id, username: member.username, mark: member.mark, reason }));
  });
  session.on("client-updated", (client) => {
    const { members } = state().people;
    for (const one of namedAll([client], members, members)) tell(memberUpdated(one));
    const { me, role } = state().session;
    if (client.id !== me || client.role === role) return;
    tell(roleChanged(client.role));
    tellWaitingRoom();
  });
  session.on("room-updated", ({ locked }) => tell(lockChanged(locked)));
  session.on("client-waiting", (client) => {
    const { members, waiting } = state().people;
    tell(waitingClientCame(named(client, [...members, ...waiting])));
  });
  session.on("client-waiting-left", ({ id }) => tell(waitingClientLeft({ id })));
  session.on("expired", (messages) => {
    tell(messagesFailed(messages.flatMap(({ id }) => (typeof id === "string" ? [id] : []))));
  });
  session.on("refused", ({ error, id }) => {
    if (id !== null) tell(messagesFailed([id]));
    // The recipient has just left, which is reported anyway; the user did not send this
    // message.
    if (error.code !== "unknown-receiver") tell(noticed({ kind: "refused", code: error.code }));
  });
}

/** Forwards connection states, and passes on the received tracks. */
export function forwardCallEvents(
  call: Call,
  { tell, streams, audioLevels }: ForwardingTargets,
): void {
  const receive = (id: string, tracks: ReadonlyMap<string, MediaStreamTrack>): void => {
    streams.putAll(id, tracks);
    audioLevels.watch(id, tracks.get("microphone") ?? null);
    tell(tracksChanged({ id, tracks: [...tracks.keys()] }));
  };
  call.on("tracks", ({ id, tracks }) => receive(id, tracks));
  call.on("state", ({ id, state }) => tell(memberStateChanged({ id, state })));
  call.on("servers-refused", (urls) => {
    console.warn("The browser refuses these STUN and TURN servers:", urls);
    const more = urls.length > MAX_URLS ? ["…"] : [];
    tell(noticed({ kind: "servers", urls: [...urls.slice(0, MAX_URLS), ...more] }));
  });
  call.on("failed", ({ error }) => console.warn("A connection has failed:", error));
  call.on("peer", ({ id, state }) => {
    if (state === "closed") receive(id, new Map());
    tell(connectionChanged({ id, connection: state }));
  });
}
