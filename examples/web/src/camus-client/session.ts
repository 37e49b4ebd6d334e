// A session of one client in one room, which survives its connections.

import type { Attributes } from "./attributes";
import { pageSleepDetector } from "./sleep-detection";
import type { SleepDetector } from "./sleep-detection";
import {
  delayAfterEnd,
  delayAfterRefusal,
  DEFAULT_RECONNECT_POLICY,
  isCauseOf,
} from "./backoff";
import type { ReconnectPolicy } from "./backoff";
import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { CountMismatch } from "./delivery";
import { Emitter } from "./emitter";
import { withProfileFallback } from "./profile-fallback";
import { byteLength } from "./frames";
import { pageGuestToken } from "./guest-tokens";
import type { GuestTokenStore } from "./guest-tokens";
import type { SendableMessage } from "./frames";
import { GROUND_CONTROL } from "./generated";
import type {
  ClientInfo,
  ErrorBody,
  Heard,
  HistoryText,
  IceServer,
  JoinBody,
  JoinedBody,
  Replies,
  SessionClient,
  WaitingBody,
} from "./generated";
import type { SessionStore, StoredSession } from "./session-store";
import { startJoin } from "./join-attempt";
import type { JoinAttempt } from "./join-attempt";
import { SessionConnection } from "./session-connection";
import { ResumableState } from "./resumable-state";
import type { ResumeOutcome } from "./resumable-state";
import { Refused } from "./requests";
import type { ServerRequest } from "./requests";
import { Ended, NotSent } from "./session-events";
import type { SessionEnd, SessionEvents, Status } from "./session-events";
import { openWebSocket } from "./transport";
import type { OpenTransport, Transport, TransportListener } from "./transport";

/** The seconds that the server may take to answer `bye`. */
const LEAVING_SECONDS = 2;

/** The seconds after which a connection counts as stable, and the backoff starts anew. */
const STEADY_SECONDS = 10;

const LEFT: SessionEnd = { code: 1000, error: null };

/** The options of a session. */
export interface SessionOptions {
  /** `wss://host/room/<room id>/ws`, or `wss://host/ws` with a `room_id` in `join`. */
  readonly url: string;
  /** The body of the `join` message: the room, the username and the credentials. */
  readonly join?: Omit<JoinBody, "resume">;
  /** Overrides of the default reconnect policy. */
  readonly reconnect?: Partial<ReconnectPolicy>;
  /**
   * Whether to repeat a failed first attempt, too, if the server says when: it, or the client's
   * address, has reached its limit of connections, the address joins too often, or the room
   * isn't open yet.
   */
  readonly retriesFirstJoin?: boolean;
  /** Stores the session for a reload of the page, see `tabSessionStore`. */
  readonly store?: SessionStore;
  /** Keeps the secret by which the room knows a guest again, see `browserGuestToken`. */
  readonly guestToken?: GuestTokenStore;
  readonly openTransport?: OpenTransport;
  readonly clock?: Clock;
  /** Detects that the page may have slept; by default by the events of the browser's page. */
  readonly sleepDetector?: SleepDetector;
}

type Phase =
  | { readonly name: "outside" }
  | { readonly name: "joining"; readonly attempt: JoinAttempt | null }
  | {
      readonly name: "connected";
      readonly connection: SessionConnection;
      readonly since: number;
    }
  | { readonly name: "away"; readonly mayRetryNow: boolean; readonly cancel: () => void }
  | { readonly name: "leaving"; readonly cancel: () => void }
  | { readonly name: "ended"; readonly end: SessionEnd };

/**
 * A client's session in one room. It reconnects by itself until the client leaves or the server
 * refuses it for good.
 */
export class Session {
  readonly #events = new Emitter<SessionEvents>();
  readonly #options: SessionOptions;
  readonly #openTransport: OpenTransport;
  readonly #clock: Clock;
  readonly #policy: ReconnectPolicy;
  readonly #guestToken: GuestTokenStore;
  #phase: Phase = { name: "outside" };
  #status: Status = { at: "outside" };
  #state: ResumableState | null = null;
  #stored: StoredSession | null = null;
  #attempts = 0;
  #hasBeenWaiting = false;
  #nameWhileWaiting: string | null = null;
  /** The token of this client's turn among the waiting clients, from `waiting`. */
  #turn: string | null = null;
  #awaySince = 0;
  #stopListening: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#guestToken = options.guestToken ?? pageGuestToken();
    this.#openTransport = withProfileFallback(
      options.openTransport ?? openWebSocket,
      this.#clock,
    );
    this.#policy = { ...DEFAULT_RECONNECT_POLICY, ...options.reconnect };
  }

  // State for the caller ------------------------------------------------------------------

  /** Adds a listener for the events of this name; the returned function removes it. */
  on<Name extends keyof SessionEvents>(
    name: Name,
    listener: (event: SessionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  get status(): Status {
    return this.#status;
  }

  /** The last `joined`, with the changes since; null before the first. */
  get joined(): JoinedBody | null {
    return this.#state?.room.joined ?? null;
  }

  /** The name of the room; null until the server tells it, as older servers never do. */
  get roomName(): string | null {
    return this.joined?.name ?? this.#nameWhileWaiting;
  }

  /** The members of the room by id, in order of joining, this client included. */
  get clients(): ReadonlyMap<string, SessionClient> {
    return this.#state?.room.clients ?? new Map<string, SessionClient>();
  }

  /** The attributes of the room; those of a member are in `clients`. */
  get attributes(): Attributes {
    return this.#state?.room.attributes ?? {};
  }

  /**
   * The waiting clients by id, in order of arrival; empty unless this client is a moderator.
   */
  get waiting(): ReadonlyMap<string, ClientInfo> {
    return this.#state?.room.waiting ?? new Map<string, ClientInfo>();
  }

  /**
   * The texts to the room from before this client joined, the oldest first, without those that
   * were removed since; empty if the server keeps none.
   */
  get history(): readonly HistoryText[] {
    return this.#state?.room.history ?? [];
  }

  /** The current STUN and TURN servers. */
  get iceServers(): readonly IceServer[] {
    return this.joined?.ice_servers ?? [];
  }

  // Actions of the caller -----------------------------------------------------------------

  /**
   * Joins the room. If it is locked, this takes until a moderator has decided.
   *
   * @throws Refused - the room refuses this client.
   * @throws Ended - the connection could not be opened, or ended before there was a reply.
   */
  async join(): Promise<JoinedBody> {
    if (this.#phase.name !== "outside") throw new Error("a session joins once");
    const answer = new Promise<JoinedBody>((resolve, reject) => {
      const stop = this.on("status", (status) => {
        const { joined } = this;
        if (status.at === "joined" && joined) resolve(joined);
        else if (status.at === "ended") reject(errorOf(status.end));
        else return;
        stop();
      });
    });
    this.#phase = { name: "joining", attempt: null };
    this.#stopListening = (this.#options.sleepDetector ?? pageSleepDetector)(() => this.wake());
    this.#awaySince = this.#clock.now();
    this.#setStatus({ at: "joining" });
    await this.#openStore();
    return answer;
  }

  /**
   * Sends a message, or keeps it until the client is connected again. Messages that will never
   * be confirmed are handed back with the event `expired`.
   *
   * @returns false if the message was not accepted: too much is unconfirmed, or there is no
   *   session.
   * @throws RangeError - the message is longer than the server accepts.
   */
  send(message: SendableMessage): boolean {
    const state = this.#state;
    if (!state || this.#phase.name === "leaving" || this.#phase.name === "ended") return false;
    const frame = JSON.stringify(message);
    const [size, most] = [byteLength(frame), state.room.joined.limits.frame_bytes];
    if (size > most) throw new RangeError(`${size} bytes are more than ${most}`);
    if (!state.delivery.fits(size)) return false;
    state.delivery.enqueue(message, frame);
    if (this.#phase.name === "connected") this.#phase.connection.flush();
    return true;
  }

  /**
   * Sends a request to the server, and returns the reply.
   *
   * @throws Refused - the server refuses the request.
   * @throws NoReply - the session could not be resumed meanwhile.
   * @throws Ended - the session has ended.
   * @throws NotSent - see `send`.
   */
  async request<Asked extends ServerRequest>(
    message: Asked,
  ): Promise<Heard & Replies[Asked["type"]]> {
    if (message.receiver !== GROUND_CONTROL) {
      throw new RangeError("only the server replies to requests");
    }
    const requests = this.#state?.requests;
    if (!requests) throw this.#notSentError();
    const id = requests.nextId();
    const reply = requests.replyTo(id, message.type);
    if (!this.send({ ...message, id })) requests.withdraw(id, this.#notSentError());
    return reply;
  }

  /** Sends `bye` after all earlier messages, and ends the session. */
  async leave(): Promise<void> {
    if (this.#phase.name === "ended") return;
    const ended = new Promise<void>((resolve) => {
      const stop = this.on("status", ({ at }) => {
        if (at !== "ended") return;
        stop();
        resolve();
      });
    });
    if (this.#phase.name === "connected") this.#sayBye(this.#phase.connection);
    else this.#leaveSilently();
    await ended;
  }

  /**
   * Checks whether the connection is alive, or reconnects at once, because the page may have
   * slept. In a browser the session calls this by itself. A delay set by the server still
   * holds.
   */
  wake(): void {
    if (this.#phase.name === "connected") this.#phase.connection.probe();
    const isReconnecting = this.#state !== null || this.#status.at === "waiting";
    if (this.#phase.name === "joining" && isReconnecting) this.#phase.attempt?.probe();
    if (this.#phase.name === "away" && this.#phase.mayRetryNow) this.reconnectNow();
  }

  /** Reconnects at once, if the session is away. */
  reconnectNow(): void {
    if (this.#phase.name !== "away") return;
    this.#phase.cancel();
    this.#connect();
  }

  // Leaving -------------------------------------------------------------------------------

  #sayBye(connection: SessionConnection): void {
    const bye: SendableMessage = { type: "bye", receiver: GROUND_CONTROL };
    connection.delivery.enqueue(bye, JSON.stringify(bye));
    const cancel = this.#clock.after(LEAVING_SECONDS, () => {
      connection.abort();
      this.#finish(LEFT, false);
    });
    this.#phase = { name: "leaving", cancel };
    connection.flush();
  }

  /** Leaves without a `bye`, because there is no connection to send it on. */
  #leaveSilently(): void {
    if (this.#phase.name === "leaving") return;
    if (this.#phase.name === "joining") this.#phase.attempt?.cancel();
    if (this.#phase.name === "away") this.#phase.cancel();
    this.#finish(LEFT, false);
  }

  #finish(end: SessionEnd, confirmed: boolean): void {
    this.#phase = { name: "ended", end };
    this.#stopListening();
    this.#stored?.remove();
    this.#state?.finish(errorOf(end), confirmed);
    this.#setStatus({ at: "ended", end });
  }

  // Connections ---------------------------------------------------------------------------

  async #openStore(): Promise<void> {
    this.#stored = (await this.#options.store?.open()) ?? null;
    if (this.#phase.name === "ended") this.#stored?.remove();
    else this.#connect();
  }

  #connect(): void {
    const attempt = startJoin(
      this.#openTransport,
      this.#options.url,
      this.#joinBody(),
      this.#clock,
      {
        waiting: (waiting) => this.#enterWaitingRoom(waiting),
        entered: (joined, transport, follow) => this.#enter(joined, transport, follow),
        refused: (error) => this.#refused(error),
        failed: (code, error, handshakeRefusal) => {
          if (this.#status.at === "waiting") this.#awaySince = this.#clock.now();
          this.#reconnectOrFinish(
            { code, error, ...(handshakeRefusal && { handshakeRefusal }) },
            null,
          );
        },
      },
    );
    this.#phase = { name: "joining", attempt };
  }

  #joinBody(): JoinBody {
    const guestToken = this.#guestToken.read();
    const join = { ...this.#options.join, ...(guestToken && { guest_token: guestToken }) };
    if (this.#turn !== null) return { ...join, resume: { session: this.#turn } };
    if (this.#state) return this.#state.room.resumeBody(join, this.#state.delivery.received);
    const session = this.#stored?.resumeToken ?? null;
    return session === null ? join : { ...join, resume: { session } };
  }

  #enterWaitingRoom(waiting: WaitingBody): void {
    if (waiting.guest_token) this.#guestToken.write(waiting.guest_token);
    this.#hasBeenWaiting = true;
    this.#nameWhileWaiting = waiting.name ?? null;
    this.#turn = waiting.session ?? null;
    if (this.#turn !== null) this.#stored?.write(this.#turn);
    this.#setStatus({ at: "waiting", isModerated: waiting.moderated ?? true });
  }

  #enter(
    joined: JoinedBody,
    transport: Transport,
    follow: (listener: TransportListener) => void,
  ): void {
    let outcome: ResumeOutcome | null;
    try {
      outcome = this.#state?.resume(joined) ?? null;
    } catch (error) {
      if (!(error instanceof CountMismatch)) throw error;
      transport.abort();
      return this.#finish({ code: 1002, error: null }, false);
    }
    const state = (this.#state ??= new ResumableState(joined, this.#events));
    const connection = new SessionConnection(transport, state.delivery, this.#clock, {
      received: (message) => state.receive(message),
      confirmed: () => this.#events.emit("confirmed", null),
      ended: (code, error) => this.#connectionEnded(code, error),
    });
    follow(connection);
    this.#turn = null;
    this.#phase = { name: "connected", connection, since: this.#clock.now() };
    this.#stored?.write(joined.session);
    if (joined.guest_token) this.#guestToken.write(joined.guest_token);
    this.#setStatus({ at: "joined", id: joined.id, role: joined.role });
    if (outcome) state.announce(outcome);
    else this.#events.emit("entered", { how: "joined" });
    connection.flush();
  }

  #refused(error: ErrorBody): void {
    this.#retryAfter(error.retry_after ?? null, { code: 1000, error });
  }

  #connectionEnded(code: number, error: ErrorBody | null): void {
    if (this.#phase.name === "leaving") {
      this.#phase.cancel();
      return this.#finish(LEFT, code === LEFT.code);
    }
    const now = this.#clock.now();
    if (this.#phase.name === "connected" && now - this.#phase.since >= STEADY_SECONDS) {
      this.#attempts = 0;
    }
    this.#awaySince = now;
    const end = { code, error: isCauseOf(code, error) ? error : null };
    this.#reconnectOrFinish(end, error?.retry_after ?? null);
  }

  #reconnectOrFinish(end: SessionEnd, retryAfter: number | null): void {
    const reconnectIn = this.#state?.room.takeReconnectIn() ?? null;
    if (end.handshakeRefusal) return this.#retryAfter(end.handshakeRefusal.retryAfter, end);
    const wait = retryAfter ?? end.error?.retry_after ?? null;
    const ending = { code: end.code, retryAfter: wait, reconnectIn };
    const delay = this.#mayReconnect()
      ? delayAfterEnd(ending, this.#attempts, this.#policy)
      : null;
    this.#scheduleReconnect(delay, end, wait === null && reconnectIn === null);
  }

  /** Reconnects after the delay that the server has set, if it has. */
  #retryAfter(retryAfter: number | null, end: SessionEnd): void {
    const mayRetry = this.#mayReconnect() || (this.#options.retriesFirstJoin ?? false);
    this.#scheduleReconnect(
      mayRetry ? delayAfterRefusal(retryAfter, this.#policy) : null,
      end,
      false,
    );
  }

  /**
   * A failed first attempt is the caller's to repeat. But a stored session may still hold a
   * place, and a waiting client has to learn whether it is still waiting.
   */
  #mayReconnect(): boolean {
    const isKept = (this.#stored?.resumeToken ?? null) !== null;
    return this.#state !== null || this.#hasBeenWaiting || isKept;
  }

  #scheduleReconnect(delay: number | null, end: SessionEnd, mayRetryNow: boolean): void {
    const now = this.#clock.now();
    const { giveUpAfter } = this.#policy;
    const last = giveUpAfter === null ? Infinity : this.#awaySince + giveUpAfter;
    if (delay === null || now + delay > last) return this.#finish(end, false);
    this.#attempts += 1;
    const cancel = this.#clock.after(delay, () => this.#connect());
    this.#phase = { name: "away", mayRetryNow, cancel };
    const { code, error, handshakeRefusal } = end;
    const why = { ...(error && { error }), ...(handshakeRefusal && { handshakeRefusal }) };
    this.#setStatus({ at: "away", code, ...why, nextTry: now + delay });
  }

  #notSentError(): Error {
    return this.#phase.name === "ended"
      ? errorOf(this.#phase.end)
      : new NotSent("too much is unconfirmed, or the session is in no room yet");
  }

  #setStatus(status: Status): void {
    this.#status = status;
    this.#events.emit("status", status);
  }
}

const errorOf = (end: SessionEnd): Error =>
  end.error ? new Refused(end.error) : new Ended(end);
