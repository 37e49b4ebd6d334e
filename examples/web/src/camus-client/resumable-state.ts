// What a session keeps from one connection to the next.

import { Delivery } from "./delivery";
import type { Emitter } from "./emitter";
import type { Sayable } from "./frames";
import { GROUND_CONTROL } from "./generated";
import type { Heard, JoinedBody } from "./generated";
import { Membership } from "./room-state";
import { Requests, Unanswered } from "./requests";
import type { Entered, SessionEvents, Told } from "./session-events";

/** Of these nobody is ever told that they were not delivered. */
const UNREPORTED: ReadonlySet<string> = new Set(["bye", "ping", "pong"]);

/** How a client has come back to its place. */
export interface Homecoming {
  readonly entered: Entered;
  readonly expired: readonly Sayable[];
  readonly newServers: boolean;
}

/** One client's place in its room, and what is on its way in both directions. */
export class Place {
  readonly membership: Membership;
  readonly delivery: Delivery;
  readonly requests = new Requests();
  /** Who has offered before the roster told of them. */
  readonly #early = new Set<string>();

  constructor(
    joined: JoinedBody,
    readonly events: Emitter<SessionEvents>,
  ) {
    this.membership = new Membership(joined);
    this.delivery = new Delivery(joined.limits);
  }

  /** Somebody says something. */
  hear(message: Heard): void {
    if (message.sender !== GROUND_CONTROL) {
      if (isTold(message) && this.#isKnown(message)) this.events.emit("message", message);
      return;
    }
    this.membership.hear(message);
    if (this.requests.take(message)) return;
    const id = message.reply_to ?? null;
    switch (message.type) {
      case "client-joined":
        this.#early.delete(message.data.id);
        this.events.emit("client-joined", message.data);
        break;
      case "client-left":
        this.#early.delete(message.data.id);
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
  goOn(joined: JoinedBody): Homecoming {
    const { id: oldId, ice_servers: oldServers } = this.membership.joined;
    const received = joined.received ?? null;
    let expired: Sayable[] = [];
    if (joined.resumed) this.delivery.resume(received ?? -1);
    else expired = this.delivery.startAnew(received);
    this.delivery.limits = joined.limits;
    this.membership.joinAgain(joined);
    const [reason, sameId] = [joined.reason ?? "unknown", joined.id === oldId];
    return {
      entered: joined.resumed ? { how: "resumed" } : { how: "rejoined", reason, sameId },
      expired,
      newServers: JSON.stringify(oldServers) !== JSON.stringify(joined.ice_servers),
    };
  }

  /** Tells of how the client has come back. */
  announce({ entered, expired, newServers }: Homecoming): void {
    this.events.emit("entered", entered);
    if (entered.how === "rejoined") {
      this.#early.clear();
      this.#expire(expired);
      this.requests.fail(new Unanswered("the session could not be resumed"));
    }
    if (newServers) this.events.emit("ice-servers", this.membership.joined.ice_servers);
  }

  /** The session has ended; `confirmed` says that the server has heard everything. */
  finish(error: Error, confirmed: boolean): void {
    if (!confirmed) this.#expire(this.delivery.startAnew(null));
    this.requests.fail(error);
  }

  /** Tells whether a message is of a member, or of somebody whom the roster will tell of. */
  #isKnown({ sender, type }: Told): boolean {
    if (this.membership.clients.has(sender) || this.#early.has(sender)) return true;
    if (type !== "offer") return false;
    this.#early.add(sender);
    return true;
  }

  /** Hands back what was not confirmed; who waits for an answer hears of it otherwise. */
  #expire(messages: readonly Sayable[]): void {
    const expired = messages.filter(
      ({ id, type }) => !this.requests.has(id) && !UNREPORTED.has(type),
    );
    if (expired.length > 0) this.events.emit("expired", expired);
  }
}

function isTold(message: Heard): message is Told {
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
