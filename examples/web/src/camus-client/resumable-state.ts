// The state of a session that survives its connections.

import { Delivery } from "./delivery";
import type { Emitter } from "./emitter";
import type { SendableMessage } from "./frames";
import { GROUND_CONTROL, NOTICES } from "./generated";
import type { Error as ErrorMessage, Heard, JoinedBody, Notice } from "./generated";
import { RoomState } from "./room-state";
import { Requests, NoReply } from "./requests";
import type { Entered, SessionEvents, MemberMessage, ServerMessage } from "./session-events";

/** Types whose loss is never reported. */
const UNREPORTED: ReadonlySet<string> = new Set(["bye", "ping", "pong"]);

/** The outcome of an attempt to resume a session. */
export interface ResumeOutcome {
  readonly entered: Entered;
  readonly expired: readonly SendableMessage[];
  /** The requests that set attributes again, which the server doesn't know any more. */
  readonly again: readonly SendableMessage[];
  readonly hasNewServers: boolean;
}

/** The resumable state of a session: its room, its delivery state, and its pending requests. */
export class ResumableState {
  readonly room: RoomState;
  readonly delivery: Delivery;
  readonly requests = new Requests();
  /** Clients whose offer arrived before the roster listed them. */
  readonly #earlyOfferers = new Set<string>();

  constructor(
    joined: JoinedBody,
    readonly events: Emitter<SessionEvents>,
  ) {
    this.room = new RoomState(joined);
    this.delivery = new Delivery(joined.limits);
  }

  /** Handles a message of the server or of a member. */
  receive(message: Heard): void {
    if (message.sender !== GROUND_CONTROL) {
      if (isMemberMessage(message) && this.#isKnown(message))
        this.events.emit("message", message);
      return;
    }
    this.room.apply(message);
    if (this.requests.settle(message)) return;
    const id = message.reply_to ?? null;
    switch (message.type) {
      case "client-joined":
      case "client-left":
        this.#earlyOfferers.delete(message.data.id);
        this.events.emit(message.type, message.data);
        break;
      case "mute-requested":
        if (this.room.believes(message.data)) this.events.emit("mute-requested", message.data);
        break;
      case "going-away":
      case "waiting":
        break;
      case "ice-servers":
        this.events.emit("ice-servers", message.data);
        break;
      case "undeliverable":
        this.events.emit("undeliverable", { ...message.data, id });
        break;
      case "error":
        if (!isReasonForEnd(message)) this.events.emit("refused", { error: message.data, id });
        break;
      default:
        if (isServerMessage(message)) this.events.emit("server-message", message);
        else if (isNotice(message)) this.events.emit(message.type, message.data);
    }
  }

  /**
   * Applies the `joined` of a new connection; pass the result to `announce`.
   *
   * @throws CountMismatch - the server's count contradicts this client's.
   */
  resume(joined: JoinedBody): ResumeOutcome {
    const { id: oldId, ice_servers: oldServers } = this.room.joined;
    const received = joined.received ?? null;
    let expired: SendableMessage[] = [];
    if (joined.resumed) this.delivery.resume(received ?? -1);
    else expired = this.delivery.startNewEpoch(received);
    this.delivery.limits = joined.limits;
    const again = this.room.toSayAgain(joined);
    this.room.update(joined);
    const [reason, sameId] = [joined.reason ?? "unknown", joined.id === oldId];
    return {
      entered: joined.resumed ? { how: "resumed" } : { how: "rejoined", reason, sameId },
      expired,
      again,
      hasNewServers: JSON.stringify(oldServers) !== JSON.stringify(joined.ice_servers),
    };
  }

  /** Emits the events that follow from resuming, or failing to resume. */
  announce({ entered, expired, again, hasNewServers }: ResumeOutcome): void {
    this.events.emit("entered", entered);
    if (entered.how === "rejoined") {
      this.#earlyOfferers.clear();
      this.#expire(expired);
      this.requests.failAll(new NoReply("the session could not be resumed"));
      for (const one of again) {
        const request = { ...one, id: this.requests.idWithoutCaller() };
        this.delivery.enqueue(request, JSON.stringify(request));
      }
    }
    if (hasNewServers) this.events.emit("ice-servers", this.room.joined.ice_servers);
  }

  /**
   * Ends the session.
   *
   * @param confirmed - whether the server has received all messages.
   */
  finish(error: Error, confirmed: boolean): void {
    if (!confirmed) this.#expire(this.delivery.startNewEpoch(null));
    this.requests.failAll(error);
  }

  /**
   * Returns whether the sender is a member, or a client that has sent an offer before the
   * roster listed it.
   */
  #isKnown({ sender, type }: MemberMessage): boolean {
    if (this.room.clients.has(sender) || this.#earlyOfferers.has(sender)) return true;
    if (type !== "offer") return false;
    this.#earlyOfferers.add(sender);
    return true;
  }

  /** Emits the unconfirmed messages as `expired`, except requests, which fail by themselves. */
  #expire(messages: readonly SendableMessage[]): void {
    const expired = messages.filter(
      ({ id, type }) => !this.requests.has(id) && !UNREPORTED.has(type),
    );
    if (expired.length > 0) this.events.emit("expired", expired);
  }
}

/** Returns whether the server says why it is about to close the connection. */
const isReasonForEnd = ({ data, reply_to }: ErrorMessage): boolean =>
  (reply_to ?? null) === null &&
  data.code !== "undeliverable" &&
  (data.reason ?? null) !== null;

const NOTICE_TYPES: ReadonlySet<string> = new Set(NOTICES);

const isNotice = (message: Heard): message is Heard & Notice => NOTICE_TYPES.has(message.type);

const isServerMessage = (message: Heard): message is ServerMessage =>
  message.type === "text" || message.type.startsWith("x-");

function isMemberMessage(message: Heard): message is MemberMessage {
  switch (message.type) {
    case "text":
    case "offer":
    case "answer":
    case "icecandidate":
    case "greeting":
    case "bye":
    case "ping":
    case "pong":
      return true;
    default:
      return message.type.startsWith("x-");
  }
}
