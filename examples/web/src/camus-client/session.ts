// One client's place in a room, which outlives its connections.

import { pageAwakening } from "./sleep-detection";
import type { Awakening } from "./sleep-detection";
import { delayAfterEnd, delayAfterRefusal, PATIENCE } from "./backoff";
import type { Patience } from "./backoff";
import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { Miscounted } from "./delivery";
import { Emitter } from "./emitter";
import { eitherProfile } from "./profile-fallback";
import { sizeOf } from "./frames";
import type { Sayable } from "./frames";
import { GROUND_CONTROL } from "./generated";
import type {
  ClientInfo,
  ErrorBody,
  Heard,
  IceServer,
  JoinBody,
  JoinedBody,
  SessionClient,
} from "./generated";
import type { Keeper, Kept } from "./session-store";
import { knock } from "./join-attempt";
import type { Knocking } from "./join-attempt";
import { Link } from "./session-connection";
import { Place } from "./resumable-state";
import type { Homecoming } from "./resumable-state";
import { Refused } from "./requests";
import type { Answers, Question } from "./requests";
import { Ended, NotTaken } from "./session-events";
import type { SessionEnd, SessionEvents, Status } from "./session-events";
import { openWebSocket } from "./transport";
import type { OpenWire, Wire, WireListener } from "./transport";

/** How long the server may take to answer `bye`. */
const LEAVING_SECONDS = 2;

/** A connection that has held so long was a good one: the next delay is a short one again. */
const STEADY_SECONDS = 10;

const LEFT: SessionEnd = { code: 1000, error: null };

/** Where a session connects to, as whom, and what it is made of. */
export interface SessionOptions {
  /** `wss://host/room/<room id>/ws`, or `wss://host/ws` with a `room_id` in `join`. */
  readonly url: string;
  /** Which room, as whom, and by what right. */
  readonly join?: Omit<JoinBody, "resume">;
  /** How patiently to come back. */
  readonly patience?: Partial<Patience>;
  /**
   * Whether the first try is repeated, too, where the server says when: it, or the client's
   * address, has as many connections as it may, or joins too often.
   */
  readonly waitsForPlace?: boolean;
  /** Keeps the session when the page is loaded again, as `keptInTab` does. */
  readonly keeper?: Keeper;
  readonly openWire?: OpenWire;
  readonly clock?: Clock;
  /** Tells when the page may have slept; that of the browser by itself. */
  readonly awakening?: Awakening;
}

type Phase =
  | { readonly name: "outside" }
  | { readonly name: "knocking"; readonly knocking: Knocking | null }
  | { readonly name: "linked"; readonly link: Link; readonly since: number }
  | { readonly name: "away"; readonly mayHurry: boolean; readonly cancel: () => void }
  | { readonly name: "leaving"; readonly cancel: () => void }
  | { readonly name: "ended"; readonly end: SessionEnd };

/**
 * One client in one room. It comes back by itself when its connection ends, until it has left
 * or the server doesn't want it any more.
 */
export class Session {
  readonly #events = new Emitter<SessionEvents>();
  readonly #options: SessionOptions;
  readonly #open: OpenWire;
  readonly #clock: Clock;
  readonly #patience: Patience;
  #phase: Phase = { name: "outside" };
  #status: Status = { at: "outside" };
  #place: Place | null = null;
  #kept: Kept | null = null;
  #tries = 0;
  #hasWaited = false;
  #awaySince = 0;
  #stopListening: () => void = () => undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#open = eitherProfile(options.openWire ?? openWebSocket, this.#clock);
    this.#patience = { ...PATIENCE, ...options.patience };
  }

  // What the caller sees ------------------------------------------------------------------

  /** Has a listener hear of all events of this name, until the function returned is called. */
  on<Name extends keyof SessionEvents>(
    name: Name,
    listener: (event: SessionEvents[Name]) => void,
  ): () => void {
    return this.#events.on(name, listener);
  }

  get status(): Status {
    return this.#status;
  }

  /** What the last `joined` said, with what has changed since; null before the first. */
  get joined(): JoinedBody | null {
    return this.#place?.membership.joined ?? null;
  }

  /** Who is in the room at the moment, oneself included, by id, in order of joining. */
  get clients(): ReadonlyMap<string, SessionClient> {
    return this.#place?.membership.clients ?? new Map<string, SessionClient>();
  }

  /** Who waits to be let in, by id, in order of coming, as far as this client may know. */
  get waiting(): ReadonlyMap<string, ClientInfo> {
    return this.#place?.membership.waiting ?? new Map<string, ClientInfo>();
  }

  /** The STUN and TURN servers to use at the moment. */
  get iceServers(): readonly IceServer[] {
    return this.joined?.ice_servers ?? [];
  }

  // What the caller says ------------------------------------------------------------------

  /**
   * Joins the room. Where it is locked, that may take until somebody inside has decided.
   *
   * @throws Refused - the room doesn't let this client in.
   * @throws Ended - the connection could not be had, or has ended before there was an answer.
   */
  async join(): Promise<JoinedBody> {
    if (this.#phase.name !== "outside") throw new Error("a session joins once");
    const answer = new Promise<JoinedBody>((entered, failed) => {
      const stop = this.on("status", (status) => {
        const { joined } = this;
        if (status.at === "joined" && joined) entered(joined);
        else if (status.at === "ended") failed(errorOf(status.end));
        else return;
        stop();
      });
    });
    this.#phase = { name: "knocking", knocking: null };
    this.#stopListening = (this.#options.awakening ?? pageAwakening)(() => this.wake());
    this.#awaySince = this.#clock.now();
    this.#tell({ at: "joining" });
    await this.#begin();
    return answer;
  }

  /**
   * Sends a message, or keeps it until the connection is back. What nobody will confirm any
   * more is handed back with `expired`.
   *
   * @returns false when it was not taken: too much is unconfirmed, or there is no session.
   * @throws RangeError - the message is longer than the server takes.
   */
  send(message: Sayable): boolean {
    const place = this.#place;
    if (!place || this.#phase.name === "leaving" || this.#phase.name === "ended") return false;
    const frame = JSON.stringify(message);
    const [size, most] = [sizeOf(frame), place.membership.joined.limits.frame_bytes];
    if (size > most) throw new RangeError(`${size} bytes are more than ${most}`);
    if (!place.delivery.fits(size)) return false;
    place.delivery.put(message, frame);
    if (this.#phase.name === "linked") this.#phase.link.flush();
    return true;
  }

  /**
   * Asks the server something, and returns its answer.
   *
   * @throws Refused - it says no.
   * @throws Unanswered - the session could not be resumed meanwhile.
   * @throws Ended - the session has ended.
   * @throws NotTaken - see `send`.
   */
  async request<Asked extends Question>(
    question: Asked,
  ): Promise<Heard & Answers[Asked["type"]]> {
    if (question.receiver !== GROUND_CONTROL) {
      throw new RangeError("only the server answers requests");
    }
    const requests = this.#place?.requests;
    if (!requests) throw this.#whyNotTaken();
    const id = requests.nextId();
    const answer = requests.answerTo(id, question.type);
    if (!this.send({ ...question, id })) requests.withdraw(id, this.#whyNotTaken());
    return answer;
  }

  /** Says `bye`, after what was said before, and does not come back. */
  async leave(): Promise<void> {
    if (this.#phase.name === "ended") return;
    const ended = new Promise<void>((resolve) => {
      const stop = this.on("status", ({ at }) => {
        if (at !== "ended") return;
        stop();
        resolve();
      });
    });
    if (this.#phase.name === "linked") this.#wave(this.#phase.link);
    else this.#giveUp();
    await ended;
  }

  /**
   * Looks whether the connection still lives, or comes back at once: the page may have slept.
   * A session in a browser does this by itself. When the server has said when to come back,
   * that stands.
   */
  wake(): void {
    if (this.#phase.name === "linked") this.#phase.link.probe();
    const isComingBack = this.#place !== null || this.#status.at === "waiting";
    if (this.#phase.name === "knocking" && isComingBack) this.#phase.knocking?.probe();
    if (this.#phase.name === "away" && this.#phase.mayHurry) this.comeBackNow();
  }

  /** Tries at once to come back. */
  comeBackNow(): void {
    if (this.#phase.name !== "away") return;
    this.#phase.cancel();
    this.#knock();
  }

  // Leaving -------------------------------------------------------------------------------

  #wave(link: Link): void {
    const bye: Sayable = { type: "bye", receiver: GROUND_CONTROL };
    link.delivery.put(bye, JSON.stringify(bye));
    const cancel = this.#clock.after(LEAVING_SECONDS, () => {
      link.cut();
      this.#finish(LEFT, false);
    });
    this.#phase = { name: "leaving", cancel };
    link.flush();
  }

  /** Nobody is there to hear a `bye`. */
  #giveUp(): void {
    if (this.#phase.name === "leaving") return;
    if (this.#phase.name === "knocking") this.#phase.knocking?.giveUp();
    if (this.#phase.name === "away") this.#phase.cancel();
    this.#finish(LEFT, false);
  }

  #finish(end: SessionEnd, confirmed: boolean): void {
    this.#phase = { name: "ended", end };
    this.#stopListening();
    this.#kept?.forget();
    this.#place?.finish(errorOf(end), confirmed);
    this.#tell({ at: "ended", end });
  }

  // Connections come and go ---------------------------------------------------------------

  async #begin(): Promise<void> {
    this.#kept = (await this.#options.keeper?.open()) ?? null;
    if (this.#phase.name === "ended") this.#kept?.forget();
    else this.#knock();
  }

  #knock(): void {
    const knocking = knock(this.#open, this.#options.url, this.#join(), this.#clock, {
      waits: () => this.#waits(),
      entered: (joined, wire, follow) => this.#enter(joined, wire, follow),
      refused: (error) => this.#refused(error),
      failed: (code, error, noPlace) => {
        if (this.#status.at === "waiting") this.#awaySince = this.#clock.now();
        this.#lost({ code, error, ...(noPlace && { noPlace }) }, null);
      },
    });
    this.#phase = { name: "knocking", knocking };
  }

  #join(): JoinBody {
    const join = this.#options.join ?? {};
    if (this.#place)
      return this.#place.membership.asBefore(join, this.#place.delivery.received);
    const session = this.#kept?.session ?? null;
    return session === null ? join : { ...join, resume: { session } };
  }

  #waits(): void {
    this.#hasWaited = true;
    this.#tell({ at: "waiting" });
  }

  #enter(joined: JoinedBody, wire: Wire, follow: (listener: WireListener) => void): void {
    let homecoming: Homecoming | null;
    try {
      homecoming = this.#place?.goOn(joined) ?? null;
    } catch (error) {
      if (!(error instanceof Miscounted)) throw error;
      wire.cut();
      return this.#finish({ code: 1002, error: null }, false);
    }
    const place = (this.#place ??= new Place(joined, this.#events));
    const link = new Link(wire, place.delivery, this.#clock, {
      heard: (message) => place.hear(message),
      confirmed: () => this.#events.emit("confirmed", null),
      ended: (code, retryAfter) => this.#linkEnded(code, retryAfter),
    });
    follow(link);
    this.#phase = { name: "linked", link, since: this.#clock.now() };
    this.#kept?.write(joined.session);
    this.#tell({ at: "joined", id: joined.id, role: joined.role });
    if (homecoming) place.announce(homecoming);
    else this.#events.emit("entered", { how: "joined" });
    link.flush();
  }

  #refused(error: ErrorBody): void {
    this.#waitAsTold(error.retry_after ?? null, { code: 1000, error });
  }

  #linkEnded(code: number, retryAfter: number | null): void {
    if (this.#phase.name === "leaving") {
      this.#phase.cancel();
      return this.#finish(LEFT, code === LEFT.code);
    }
    const now = this.#clock.now();
    if (this.#phase.name === "linked" && now - this.#phase.since >= STEADY_SECONDS) {
      this.#tries = 0;
    }
    this.#awaySince = now;
    this.#lost({ code, error: null }, retryAfter);
  }

  #lost(end: SessionEnd, retryAfter: number | null): void {
    const reconnectIn = this.#place?.membership.takeReconnectIn() ?? null;
    if (end.noPlace) return this.#waitAsTold(end.noPlace.retryAfter, end);
    const wait = retryAfter ?? end.error?.retry_after ?? null;
    const ending = { code: end.code, retryAfter: wait, reconnectIn };
    const delay = this.#mayTryAgain()
      ? delayAfterEnd(ending, this.#tries, this.#patience)
      : null;
    this.#wait(delay, end, wait === null && reconnectIn === null);
  }

  /** Comes back when the server has said, if it has. */
  #waitAsTold(retryAfter: number | null, end: SessionEnd): void {
    const mayTryAgain = this.#mayTryAgain() || (this.#options.waitsForPlace ?? false);
    this.#wait(mayTryAgain ? delayAfterRefusal(retryAfter, this.#patience) : null, end, false);
  }

  /**
   * A first try that fails is the caller's to repeat; but a kept place may be lost meanwhile,
   * and who waits is to find out that it waits no more.
   */
  #mayTryAgain(): boolean {
    const isKept = (this.#kept?.session ?? null) !== null;
    return this.#place !== null || this.#hasWaited || isKept;
  }

  #wait(delay: number | null, end: SessionEnd, mayHurry: boolean): void {
    const now = this.#clock.now();
    const { giveUpAfter } = this.#patience;
    const last = giveUpAfter === null ? Infinity : this.#awaySince + giveUpAfter;
    if (delay === null || now + delay > last) return this.#finish(end, false);
    this.#tries += 1;
    const cancel = this.#clock.after(delay, () => this.#knock());
    this.#phase = { name: "away", mayHurry, cancel };
    const { code, error, noPlace } = end;
    const why = { ...(error && { error }), ...(noPlace && { noPlace }) };
    this.#tell({ at: "away", code, ...why, nextTry: now + delay });
  }

  #whyNotTaken(): Error {
    return this.#phase.name === "ended"
      ? errorOf(this.#phase.end)
      : new NotTaken("too much is unconfirmed, or the session is in no room yet");
  }

  #tell(status: Status): void {
    this.#status = status;
    this.#events.emit("status", status);
  }
}

const errorOf = (end: SessionEnd): Error =>
  end.error ? new Refused(end.error) : new Ended(end);
