// What a session keeps from one connection to the next.

import { Delivery } from "./delivery";
import type { Emitter } from "./emitter";
import type { SendableMessage } from "./frames";
import { GROUND_CONTROL } from "./generated";
import type { Heard, JoinedBody } from "./generated";
import { RoomState } from "./room-state";
import { Requests, NoReply } from "./requests";
import type { Entered, SessionEvents, MemberMessage } from "./session-events";

/** Of these nobody is ever told that they were not delivered. */
const UNREPORTED: ReadonlySet<string> = new Set(["bye", "ping", "pong"]);

/** How a client has come back to its place. */
export interface ResumeOutcome {
  readonly entered: Entered;
  readonly expired: readonly SendableMessage[];
  readonly hasNewServers: boolean;
}

/** One client's place in its room, and what is on its way in both directions. */
export class ResumableState {
  readonly room: RoomState;
  readonly delivery: Delivery;
  readonly requests = new Requests();
  /** Who has offered before the roster told of them. */
  readonly #earlyOfferers = new Set<string>();

  constructor(
    joined: JoinedBody,
    readonly events: Emitter<SessionEvents>,
  ) {
    this.room = new RoomState(joined);
    this.delivery = new Delivery(joined.limits);
  }

  /** Somebody says something. */
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
        this.#earlyOfferers.delete(message.data.id);
        this.events.emit("client-joined", message.data);
        break;
      case "client-left":
        this.#earlyOfferers.delete(message.data.id);
        this.events.emit("client-left", message.data);
        break;
      case "client-updated":
        this.events.emit("client-updated", message.data);
        break;
      case "room-updated":
        this.events.emit("room-updated", message.data);
        break;
      case "client-waiting":
        this.events.emit("client-waiting", message.data);
        break;
      case "client-waiting-left":
        this.events.emit("client-waiting-left", message.data);
        break;
      case "ice-servers":
        this.events.emit("ice-servers", message.data);
        break;
      case "undeliverable":
        this.events.emit("undeliverable", { ...message.data, id });
        break;
      case "error":
        this.events.emit("refused", { error: message.data, id });
        break;
      default:
    }
  }

  /**
   * The client is in its room again; `announce` then tells of it.
   *
   * @throws Miscounted - the server has counted otherwise.
   */
  resume(joined: JoinedBody): ResumeOutcome {
    const { id: oldId, ice_servers: oldServers } = this.room.joined;
    const received = joined.received ?? null;
    let expired: SendableMessage[] = [];
    if (joined.resumed) this.delivery.resume(received ?? -1);
    else expired = this.delivery.startNewEpoch(received);
    this.delivery.limits = joined.limits;
    this.room.update(joined);
    const [reason, sameId] = [joined.reason ?? "unknown", joined.id === oldId];
    return {
      entered: joined.resumed ? { how: "resumed" } : { how: "rejoined", reason, sameId },
      expired,
      hasNewServers: JSON.stringify(oldServers) !== JSON.stringify(joined.ice_servers),
    };
  }

  /** Tells of how the client has come back. */
  announce({ entered, expired, hasNewServers }: ResumeOutcome): void {
    this.events.emit("entered", entered);
    if (entered.how === "rejoined") {
      this.#earlyOfferers.clear();
      this.#expire(expired);
      this.requests.fail(new NoReply("the session could not be resumed"));
    }
    if (hasNewServers) this.events.emit("ice-servers", this.room.joined.ice_servers);
  }

  /** The session has ended; `confirmed` says that the server has heard everything. */
  finish(error: Error, confirmed: boolean): void {
    if (!confirmed) this.#expire(this.delivery.startNewEpoch(null));
    this.requests.fail(error);
  }

  /** Tells whether a message is of a member, or of somebody whom the roster will tell of. */
  #isKnown({ sender, type }: MemberMessage): boolean {
    if (this.room.clients.has(sender) || this.#earlyOfferers.has(sender)) return true;
    if (type !== "offer") return false;
    this.#earlyOfferers.add(sender);
    return true;
  }

  /** Hands back what was not confirmed; who waits for an answer hears of it otherwise. */
  #expire(messages: readonly SendableMessage[]): void {
    const expired = messages.filter(
      ({ id, type }) => !this.requests.has(id) && !UNREPORTED.has(type),
    );
    if (expired.length > 0) this.events.emit("expired", expired);
  }
}

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
