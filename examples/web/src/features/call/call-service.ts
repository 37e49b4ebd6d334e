// The service that owns the page's session and call, and turns their events into actions.

import {
  browserGuestToken,
  Call,
  NotSent,
  tabSessionStore,
  ROOM,
  Session,
  systemClock,
} from "../../camus-client";
import type {
  SessionStore,
  StoredSession,
  ServerRequest,
  MemberState,
  Status,
  MemberMessage,
  ServerMessage,
  HistoryText,
} from "../../camus-client";
import type { BrowserStorage } from "../../app/browser-storage";
import { ME } from "../../app/media-streams";
import { historyReceived, messageReceived, messagesFailed } from "../chat/chat-slice";
import type { ChatMessage } from "../chat/chat-slice";
import { parseMessage } from "../chat/parse-message";
import type { LocalMedia, MediaEvents, TrackName } from "../devices/local-media";
import { watchQuality } from "../connection-quality/watch-quality";
import { noticed, refusalNews } from "../notices/notices-slice";
import { sanitized } from "../people/display-names";
import { memberStateChanged, tracksChanged } from "../people/people-slice";
import { nameTold, nameTyped, otherNameTyped, roomNamed } from "../room-names/room-names-slice";
import { endReasonOf, moderatorsWordsOf, openingTimeOf, waitReasonOf } from "./end-reasons";
import type { Member } from "../people/people-slice";
import type { EndReason } from "./end-reasons";
import { arrived, connectionLost, joining, sessionEnded, waiting } from "./session-slice";
import { forwardCallEvents, forwardSessionEvents } from "./event-forwarding";
import type { ForwardingTargets } from "./event-forwarding";

/** The room to join, and the username and credentials to join with. */
export interface JoinOptions {
  readonly roomId: string;
  readonly username: string;
  readonly password: string | null;
  /** The secret of an invitation. */
  readonly invitation: string | null;
}

export interface CallServiceOptions extends ForwardingTargets {
  readonly server: string;
  readonly media: LocalMedia;
  readonly storage: BrowserStorage;
}

/** The local MediaStream of each track; browsers synchronize the tracks of one stream. */
const STREAM_OF_TRACK: Readonly<Record<TrackName, "person" | "screen">> = {
  microphone: "person",
  camera: "person",
  screen: "screen",
  "screen-audio": "screen",
};

export class CallService {
  readonly #options: CallServiceOptions;
  readonly #localStreams = { person: new MediaStream(), screen: new MediaStream() };
  #session: Session | null = null;
  #call: Call | null = null;
  #stopWatching: () => void = () => undefined;
  #ownIceServers: readonly RTCIceServer[] = [];
  /** The session that this tab has stored for a room, until `join` uses it. */
  #stored: { readonly roomId: string; readonly session: StoredSession } | null = null;
  #state: MemberState = { muted: true, camera: false, screen: false };
  #messageCount = 0;

  constructor(options: CallServiceOptions) {
    this.#options = options;
    options.media.on("track", (sent) => this.#sendTrack(sent));
    options.media.on("state", () => this.#updateState());
  }

  // Requests of the app -------------------------------------------------------------------

  /**
   * Returns whether this tab was in this room before a reload, so that the session may be
   * resumed.
   */
  async hasStoredSession(roomId: string): Promise<boolean> {
    const stored = await this.#storeOf(roomId)?.open();
    if (!stored) return false;
    this.#stored = { roomId, session: stored };
    return stored.resumeToken !== null;
  }

  /** Joins a room; the outcome is reported to the store. */
  join(joinOptions: JoinOptions): void {
    const { roomId, username, password, invitation } = joinOptions;
    const { browser } = this.#options.storage;
    const ownerToken = this.#options.storage.ownerTokenOf(roomId);
    const stored = this.#stored?.roomId === roomId ? this.#stored.session : null;
    this.#stored = null;
    const store = stored ? { open: () => Promise.resolve(stored) } : this.#storeOf(roomId);
    const name = nameTyped(this.#options.state().roomNames, roomId);
    const session = new Session({
      url: this.#options.server,
      join: {
        room_id: roomId,
        username,
        ...(password !== null && { password }),
        ...(invitation !== null && { invitation }),
        ...(ownerToken !== null && { owner_token: ownerToken }),
        ...(name !== null && { name }),
      },
      ...(store && { store }),
      ...(browser && { guestToken: browserGuestToken(roomId, browser) }),
      retriesFirstJoin: true,
    });
    this.#session = session;
    session.on("status", (status) => {
      if (session === this.#session) this.#forwardStatus(session, status, joinOptions);
    });
    forwardSessionEvents(session, this.#options);
    session.on("entered", () => this.#forwardOwnState());
    session.on("message", (message) => this.#receive(message));
    session.on("server-message", (message) => this.#receive(message));
    session.on("entered", ({ how }) => {
      if (how !== "resumed") this.#receiveHistory(session.history);
    });
    this.#call = new Call(session);
    this.#call.useOwnIceServers(this.#ownIceServers);
    forwardCallEvents(this.#call, this.#options);
    this.#stopWatching();
    this.#stopWatching = watchQuality(this.#call, this.#options.dispatch);
    for (const [name, track] of this.#options.media.tracks) this.#setTrack(name, track);
    this.#call.setState(this.#state);
    session.join().catch(() => undefined); // the session's status reports the error
  }

  /** Leaves the room, or stops trying to join it. */
  leave(): void {
    this.#stored?.session.remove();
    this.#stored = null;
    const session = this.#session;
    if (!session) return;
    this.#finish(session, "left");
    void session.leave(); // the server's answer isn't awaited
  }

  /** Reconnects at once. */
  reconnectNow(): void {
    this.#session?.reconnectNow();
  }

  /** Sets the STUN and TURN servers to use in addition to the server's. */
  useOwnIceServers(servers: readonly RTCIceServer[]): void {
    this.#ownIceServers = servers;
    this.#call?.useOwnIceServers(servers);
  }

  /**
   * The session, for requests whose replies the caller handles.
   *
   * @throws NotSent - there is none.
   */
  get session(): Pick<Session, "request"> {
    if (!this.#session) throw new NotSent("there is no session");
    return this.#session;
  }

  /** Sends a request to the server; a refusal is shown as a notice. */
  request(message: ServerRequest): void {
    this.#session?.request(message).catch((error: unknown) => {
      this.#options.dispatch(noticed(refusalNews(error)));
    });
  }

  /** Sends a chat message to the room; it counts as sent when it comes back. */
  sendText(text: string): void {
    const me = this.#me;
    if (!this.#session || !me) return;
    this.#messageCount += 1;
    const id = `line-${Date.now()}-${this.#messageCount}`;
    const own = { sender: me, data: { text } };
    const content = parseMessage(own, this.#member(me), Date.now());
    if (content) {
      const sending = { ...content, id, isMine: true, state: "sending" } as const;
      this.#options.dispatch(messageReceived(sending));
    }
    const isAccepted = this.#session.send({ type: "text", receiver: ROOM, id, data: { text } });
    if (!isAccepted) this.#options.dispatch(messagesFailed([id]));
  }

  // Events of the session -----------------------------------------------------------------

  #forwardStatus(session: Session, status: Status, joinOptions: JoinOptions): void {
    const { dispatch, storage } = this.#options;
    switch (status.at) {
      case "outside":
        break;
      case "joining":
        dispatch(joining());
        break;
      case "waiting":
        this.#forwardName(joinOptions.roomId, session.roomName);
        dispatch(waiting({ isModerated: status.isModerated }));
        break;
      case "joined": {
        this.#forwardName(joinOptions.roomId, session.roomName);
        const { locked = false, capabilities = [] } = session.joined ?? {};
        const { id: me, role } = status;
        dispatch(arrived({ me, role, isLocked: locked, capabilities }));
        break;
      }
      case "away": {
        const { nextTry } = status;
        const opensAt = openingTimeOf(status, systemClock.now());
        dispatch(connectionLost({ nextTry, waitReason: waitReasonOf(status), opensAt }));
        break;
      }
      case "ended": {
        const reason = endReasonOf(status.end);
        const isOwner = storage.ownerTokenOf(joinOptions.roomId) !== null;
        if (reason === "not-allowed" && isOwner && !session.joined) {
          // The room of this name was created anew, and has another owner.
          storage.setOwnerToken(joinOptions.roomId, null);
          return this.join(joinOptions);
        }
        this.#finish(session, reason, moderatorsWordsOf(status.end));
      }
    }
  }

  /** Names the room, and tells the user once if that is another name than the one typed. */
  #forwardName(roomId: string, name: string | null): void {
    const { dispatch, state } = this.#options;
    if (name === null || nameTold(state().roomNames, roomId) === name) return;
    dispatch(roomNamed({ roomId, name }));
    const typed = otherNameTyped(state().roomNames, roomId);
    if (typed !== null)
      dispatch(noticed({ kind: "name", typed: sanitized(typed), name: sanitized(name) }));
  }

  #receive(message: MemberMessage | ServerMessage): void {
    const received = message.type === "text" ? this.#parse(message) : null;
    if (received) this.#options.dispatch(messageReceived(received));
  }

  #receiveHistory(history: readonly HistoryText[]): void {
    const messages = history.flatMap((text) => this.#parse(text) ?? []);
    if (messages.length > 0) this.#options.dispatch(historyReceived(messages));
  }

  #parse(message: Pick<HistoryText, "sender" | "id" | "data">): ChatMessage | null {
    const content = parseMessage(message, this.#member(message.sender), Date.now());
    if (!content) return null;
    const isMine = message.sender === this.#me;
    this.#messageCount += 1;
    const saidAs = message.id ?? null;
    const id = (isMine ? saidAs : null) ?? `heard-${this.#messageCount}`;
    return { ...content, id, isMine, state: "sent", ...(saidAs !== null && { saidAs }) };
  }

  #member(id: string): Member | undefined {
    return this.#options.state().people.members.find((one) => one.id === id);
  }

  #finish(session: Session, reason: EndReason, words: string | null = null): void {
    this.#session = null;
    this.#stopWatching();
    this.#call?.close();
    this.#call = null;
    if (session.joined) this.#options.media.stop();
    this.#options.dispatch(sessionEnded(reason, words));
  }

  // Media and state of this client --------------------------------------------------------

  #sendTrack({ name, track }: MediaEvents["track"]): void {
    const { streams, audioLevels } = this.#options;
    streams.put(`${ME}/${name}`, track);
    if (name === "microphone") audioLevels.watch(ME, track);
    this.#setTrack(name, track);
    this.#forwardOwnState();
  }

  #setTrack(name: TrackName, track: MediaStreamTrack | null): void {
    this.#call?.setTrack(name, track, this.#localStreams[STREAM_OF_TRACK[name]]);
  }

  #updateState(): void {
    const { microphone } = this.#options.media.state;
    const { tracks } = this.#options.media;
    const state: MemberState = {
      muted: !(microphone.isOn && tracks.has("microphone")),
      camera: tracks.has("camera"),
      screen: tracks.has("screen"),
    };
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#call?.setState(state);
    this.#forwardOwnState();
  }

  /** Updates this client's own entry in the roster of the store. */
  #forwardOwnState(): void {
    const id = this.#me;
    if (!id) return;
    const tracks = [...this.#options.media.tracks.keys()];
    this.#options.dispatch(memberStateChanged({ id, state: this.#state }));
    this.#options.dispatch(tracksChanged({ id, tracks }));
  }

  get #me(): string | null {
    return this.#session?.joined?.id ?? null;
  }

  /** Returns null on pages over http, and in browsers that block storage. */
  #storeOf(roomId: string): SessionStore | null {
    const { tab } = this.#options.storage;
    return tab && "locks" in navigator ? tabSessionStore(`camus:session:${roomId}`, tab) : null;
  }
}
