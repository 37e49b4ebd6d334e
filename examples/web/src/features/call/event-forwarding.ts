// What a session and a call tell, as actions of the store.

import type { Call, Session } from "../../camus-client";
import type { Levels } from "../../app/audio-levels";
import type { RootState, Tell } from "../../app/store";
import type { Streams } from "../../app/media-streams";
import { messagesFailed } from "../chat/chat-slice";
import { noticed } from "../notices/notices-slice";
import { named, namedAll } from "../people/display-names";
import {
  connectionChanged,
  memberDoes,
  memberJoined,
  memberLeft,
  memberUpdated,
  rosterHeard,
  tracksChanged,
  visitorCame,
  visitorLeft,
  waitingHeard,
} from "../people/people-slice";
import { lockChanged, roleChanged } from "./session-slice";

/** Refused servers in a notice, which has a few lines; the console names them all. */
const MOST_NAMED = 3;

/** Whom a session and a call tell. */
export interface Listeners {
  readonly tell: Tell;
  readonly state: () => RootState;
  readonly streams: Streams;
  readonly levels: Levels;
}

/** Tells who is in the room, and what becomes of messages. */
export function tellOfSession(session: Session, { tell, state }: Listeners): void {
  const tellWhoWaits = (): void => {
    const { members, waiting } = state().people;
    tell(waitingHeard(namedAll([...session.waiting.values()], waiting, members)));
  };
  session.on("entered", ({ how }) => {
    const { members } = state().people;
    if (how !== "resumed") tell(rosterHeard(namedAll([...session.clients.values()], members)));
    tellWhoWaits();
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
    tellWhoWaits();
  });
  session.on("room-updated", ({ locked }) => tell(lockChanged(locked)));
  session.on("client-waiting", (visitor) => {
    const { members, waiting } = state().people;
    tell(visitorCame(named(visitor, [...members, ...waiting])));
  });
  session.on("client-waiting-left", ({ id }) => tell(visitorLeft({ id })));
  session.on("expired", (messages) => {
    tell(messagesFailed(messages.flatMap(({ id }) => (typeof id === "string" ? [id] : []))));
  });
  session.on("refused", ({ error, id }) => {
    if (id !== null) tell(messagesFailed([id]));
    // The receiver has just left: that is told by itself, and nobody asked for the message.
    if (error.code !== "unknown-receiver") tell(noticed({ kind: "refused", code: error.code }));
  });
}

/** Tells how the connections are, and hands over what comes through them. */
export function tellOfCall(call: Call, { tell, streams, levels }: Listeners): void {
  const receive = (id: string, tracks: ReadonlyMap<string, MediaStreamTrack>): void => {
    streams.putAll(id, tracks);
    levels.watch(id, tracks.get("microphone") ?? null);
    tell(tracksChanged({ id, tracks: [...tracks.keys()] }));
  };
  call.on("tracks", ({ id, tracks }) => receive(id, tracks));
  call.on("state", ({ id, state }) => tell(memberDoes({ id, doing: state })));
  call.on("servers-refused", (urls) => {
    console.warn("The browser refuses these STUN and TURN servers:", urls);
    const more = urls.length > MOST_NAMED ? ["…"] : [];
    tell(noticed({ kind: "servers", urls: [...urls.slice(0, MOST_NAMED), ...more] }));
  });
  call.on("failed", ({ error }) => console.warn("A connection has failed:", error));
  call.on("peer", ({ id, state }) => {
    if (state === "closed") receive(id, new Map());
    tell(connectionChanged({ id, connection: state }));
  });
}
