// A session of one client in one room, which survives its connections.

import type { Attributes } from "./attributes";
import { pageSleepDetector } from "./sleep-detection";
import { isCauseOf } from "./backoff";
import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { CountMismatch } from "./delivery";
import { Emitter } from "./emitter";
import { withProfileFallback } from "./profile-fallback";
import { byteLength } from "./frames";
import type { SendableMessage } from "./frames";
import { GROUND_CONTROL } from "./generated";
import type {
  ClientInfo,
  ErrorBody,
  Heard,
  HistoryText,
  IceServer,
  JoinedBody,
  Replies,
  SessionClient,
  WaitingBody,
} from "./generated";
import { startJoin } from "./join-attempt";
import type { JoinAttempt } from "./join-attempt";
import { JoinCredentials } from "./join-credentials";
import { Reconnection } from "./reconnection";
import { SessionConnection } from "./session-connection";
import { ResumableState } from "./resumable-state";
import type { ResumeOutcome } from "./resumable-state";
import { Refused } from "./requests";
import type { ServerRequest } from "./requests";
import { Ended, NotSent } from "./session-events";
import type { SessionEnd, SessionEvents, Status } from "./session-events";
import type { SessionOptions } from "./session-options";
import { openWebSocket } from "./transport";
import type { OpenTransport, Transport, TransportListener } from "./transport";

/** The seconds that the server may take to answer `bye`. */
const LEAVING_SECONDS = 2;

const LEFT: SessionEnd = { code: 1000, error: null };

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
  readonly #reconnection: Reconnection;
  readonly #credentials: JoinCredentials;
  #phase: Phase = { name: "outside" };
  #status: Status = { at: "outside" };
  #state: ResumableState | null = null;
  #hasBeenWaiting = false;
  #nameWhileWaiting: string | null = null;
  #stopListening: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#reconnection = new Reconnection(options.reconnect, this.#clock);
    this.#credentials = new JoinCredentials(options);
    this.#openTransport = withProfileFallback(
      options.openTransport ?? openWebSocket,
      this.#clock,
    );
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
    this.#reconnection.begin();
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
    this.#credentials.remove();
    this.#state?.finish(errorOf(end), confirmed);
    this.#setStatus({ at: "ended", end });
  }

  // Connections ---------------------------------------------------------------------------

  async #openStore(): Promise<void> {
    await this.#credentials.open();
    if (this.#phase.name === "ended") this.#credentials.remove();
    else this.#connect();
  }

  #connect(): void {
    const attempt = startJoin(
      this.#openTransport,
      this.#options.url,
      this.#credentials.joinBody(this.#state),
      this.#clock,
      {
        waiting: (waiting) => this.#enterWaitingRoom(waiting),
        entered: (joined, transport, follow) => this.#enter(joined, transport, follow),
        refused: (error) => this.#refused(error),
        failed: (code, error, handshakeRefusal) => {
          if (this.#status.at === "waiting") this.#reconnection.begin();
          this.#reconnectOrFinish(
            { code, error, ...(handshakeRefusal && { handshakeRefusal }) },
            null,
          );
        },
      },
    );
    this.#phase = { name: "joining", attempt };
  }

  #enterWaitingRoom(waiting: WaitingBody): void {
    this.#credentials.keepTurn(waiting);
    this.#hasBeenWaiting = true;
    this.#nameWhileWaiting = waiting.name ?? null;
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
    this.#phase = { name: "connected", connection, since: this.#clock.now() };
    this.#credentials.keepSession(joined);
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
    this.#reconnection.begin(this.#phase.name === "connected" ? this.#phase.since : null);
    const end = { code, error: isCauseOf(code, error) ? error : null };
    this.#reconnectOrFinish(end, error?.retry_after ?? null);
  }

  #reconnectOrFinish(end: SessionEnd, retryAfter: number | null): void {
    const reconnectIn = this.#state?.room.takeReconnectIn() ?? null;
    if (end.handshakeRefusal) return this.#retryAfter(end.handshakeRefusal.retryAfter, end);
    const wait = retryAfter ?? end.error?.retry_after ?? null;
    const ending = { code: end.code, retryAfter: wait, reconnectIn };
    const delay = this.#mayReconnect() ? this.#reconnection.delayAfterEnd(ending) : null;
    this.#scheduleReconnect(delay, end, wait === null && reconnectIn === null);
  }

  /** Reconnects after the delay that the server has set, if it has. */
  #retryAfter(retryAfter: number | null, end: SessionEnd): void {
    const mayRetry = this.#mayReconnect() || (this.#options.retriesFirstJoin ?? false);
    const delay = mayRetry ? this.#reconnection.delayAfterRefusal(retryAfter) : null;
    this.#scheduleReconnect(delay, end, false);
  }

  /**
   * A failed first attempt is the caller's to repeat. But a stored session may still hold a
   * place, and a waiting client has to learn whether it is still waiting.
   */
  #mayReconnect(): boolean {
    return this.#state !== null || this.#hasBeenWaiting || this.#credentials.areStored;
  }

  #scheduleReconnect(delay: number | null, end: SessionEnd, mayRetryNow: boolean): void {
    if (delay === null) return this.#finish(end, false);
    const cancel = this.#reconnection.schedule(delay, () => this.#connect());
    this.#phase = { name: "away", mayRetryNow, cancel };
    const { code, error, handshakeRefusal } = end;
    const why = { ...(error && { error }), ...(handshakeRefusal && { handshakeRefusal }) };
    this.#setStatus({ at: "away", code, ...why, nextTry: this.#clock.now() + delay });
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
