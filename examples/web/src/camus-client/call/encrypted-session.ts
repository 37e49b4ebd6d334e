// The session of a call in an encrypted room: what describes peer connections is encrypted on
// its way out, and decrypted on its way in (rules CLIENT-45 to CLIENT-48).

import type { Clock } from "../clock";
import { Emitter } from "../emitter";
import { Challenges, EncryptionError, isChallenge, isEncryptable } from "../encryption";
import type {
  EncryptableMessage,
  EncryptionFault,
  ReceivedMessage,
  RoomKey,
} from "../encryption";
import { isObject } from "../frames";
import type { SendableMessage } from "../frames";
import type { UndeliverableBody } from "../generated";
import type { Entered, MemberMessage, SessionEvents } from "../session-events";
import type { CallSession } from "./call-events";

/** The type of the message that carries a challenge, and its id. */
const ENCRYPTION = "x-encryption";

/** Messages that wait for a member's challenge: an offer, and the candidates of networks. */
const MAX_WAITING = 64;

/** The seconds after which a challenge that was lost is sent again. */
const RETRY_SECONDS = 2;

/** Another member, and the order of the encrypted messages in both directions. */
interface Pair {
  readonly id: string;
  /** The challenges that this client has drawn for the member. */
  readonly own: Challenges;
  /** The last challenge of the member; null before it has sent one. */
  theirs: string | null;
  /** The number of messages that were encrypted for the member. */
  sent: number;
  /** Messages that wait for the first challenge. */
  waiting: EncryptableMessage[];
  /** Encryption and decryption take time; in these queues they keep their order. */
  sending: Promise<void>;
  receiving: Promise<void>;
  stopRetry: (() => void) | null;
  /** The faults that were reported already. */
  readonly faults: Set<EncryptionFault>;
}

/** A session that encrypts the messages between its call and those of other members. */
export class EncryptedSession implements CallSession {
  /** The events that differ from those of the session. */
  readonly #events = new Emitter<Pick<SessionEvents, "message" | "expired">>();
  readonly #pairs = new Map<string, Pair>();
  readonly #stopListening: (() => void)[];

  /**
   * @param failed - receives the errors of messages from or to a member: an `EncryptionError`
   *   once for each fault of the member, and those of `Session.send`.
   */
  constructor(
    readonly session: CallSession,
    readonly key: RoomKey,
    readonly clock: Clock,
    readonly failed: (id: string, error: unknown) => void,
  ) {
    this.#stopListening = [
      session.on("entered", (entered) => this.#enter(entered)),
      session.on("client-joined", ({ id }) => this.#meet(id)),
      session.on("client-left", ({ id }) => this.#forget(id)),
      session.on("message", (message) => this.#receive(message)),
      session.on("undeliverable", (lost) => this.#challengeLost(lost)),
    ];
    this.#meetAll();
  }

  get joined(): CallSession["joined"] {
    return this.session.joined;
  }

  get clients(): CallSession["clients"] {
    return this.session.clients;
  }

  get attributes(): CallSession["attributes"] {
    return this.session.attributes;
  }

  get iceServers(): CallSession["iceServers"] {
    return this.session.iceServers;
  }

  /** Adds a listener for the events of this name; the returned function removes it. */
  on<Name extends keyof SessionEvents>(
    name: Name,
    listener: (event: SessionEvents[Name]) => void,
  ): () => void {
    if (name === "message") return this.#events.on(name, listener as never);
    const stop = this.session.on(name, listener);
    if (name !== "expired") return stop;
    const stopOwn = this.#events.on(name, listener as never);
    return () => {
      stop();
      stopOwn();
    };
  }

  /**
   * Sends a message, encrypted if it describes a peer connection. One that could not be sent in
   * the end is handed back with the event `expired`.
   *
   * @returns false if the message was not accepted, see `Session.send`.
   */
  send(message: SendableMessage): boolean {
    if (!isEncryptable(message)) return this.session.send(message);
    const pair = this.#pairs.get(message.receiver);
    if (!pair || pair.waiting.length >= MAX_WAITING) return false;
    pair.waiting.push(message);
    this.#sendWaiting(pair);
    return true;
  }

  /** Stops encrypting and decrypting. */
  close(): void {
    for (const stop of this.#stopListening.splice(0)) stop();
    for (const id of [...this.#pairs.keys()]) this.#forget(id);
  }

  // Members -------------------------------------------------------------------------------

  #enter(entered: Entered): void {
    if (entered.how === "resumed") return;
    const isKept =
      entered.how === "rejoined" && entered.sameId && entered.reason !== "rejoined";
    for (const pair of [...this.#pairs.values()]) {
      if (!isKept || !this.session.clients.has(pair.id)) this.#forget(pair.id);
      else this.#renew(pair);
    }
    this.#meetAll();
  }

  #meetAll(): void {
    if (!this.session.joined) return;
    for (const id of this.session.clients.keys()) {
      if (!this.#pairs.has(id)) this.#meet(id);
    }
  }

  #meet(id: string): void {
    this.#forget(id);
    if (id === this.session.joined?.id) return;
    const pair: Pair = {
      id,
      own: new Challenges(),
      theirs: null,
      sent: 0,
      waiting: [],
      sending: Promise.resolve(),
      receiving: Promise.resolve(),
      stopRetry: null,
      faults: new Set(),
    };
    this.#pairs.set(id, pair);
    this.#sendChallenge(pair);
  }

  #forget(id: string): void {
    this.#pairs.get(id)?.stopRetry?.();
    this.#pairs.delete(id);
  }

  /** Draws a new challenge: the member may have lost its state unnoticed. */
  #renew(pair: Pair): void {
    pair.own.renew();
    this.#sendChallenge(pair);
  }

  #sendChallenge(pair: Pair): void {
    const data = { challenge: pair.own.newest };
    const message = { type: ENCRYPTION, id: ENCRYPTION, receiver: pair.id, data } as const;
    if (!this.session.send(message)) this.#sendChallengeLater(pair);
  }

  #sendChallengeLater(pair: Pair): void {
    pair.stopRetry ??= this.clock.after(RETRY_SECONDS, () => {
      pair.stopRetry = null;
      this.#sendChallenge(pair);
    });
  }

  #challengeLost({ receiver, id }: UndeliverableBody & { id: string | null }): void {
    const pair = this.#pairs.get(receiver);
    if (pair && id === ENCRYPTION) this.#sendChallengeLater(pair);
  }

  // Messages ------------------------------------------------------------------------------

  #sendWaiting(pair: Pair): void {
    const challenge = pair.theirs;
    if (challenge === null) return;
    for (const message of pair.waiting.splice(0)) {
      const n = (pair.sent += 1);
      pair.sending = pair.sending.then(() => this.#sendSealed(pair, message, challenge, n));
    }
  }

  async #sendSealed(
    pair: Pair,
    message: EncryptableMessage,
    challenge: string,
    n: number,
  ): Promise<void> {
    try {
      const sender = this.session.joined?.id ?? "";
      const sealed = await this.key.seal(message, sender, challenge, n);
      if (!this.#isCurrent(pair)) return;
      if (!this.session.send(sealed)) this.#events.emit("expired", [message]);
    } catch (error) {
      this.failed(pair.id, error);
    }
  }

  #receive(message: MemberMessage): void {
    const pair = this.#pairs.get(message.sender);
    if (message.type === ENCRYPTION) {
      if (pair) this.#receiveChallenge(pair, message.data);
    } else if (!isEncryptable(message)) {
      this.#events.emit("message", message);
    } else if (pair) {
      pair.receiving = pair.receiving.then(() => this.#open(pair, message));
    }
  }

  #receiveChallenge(pair: Pair, data: unknown): void {
    const challenge = isObject(data) ? data.challenge : null;
    if (!isChallenge(challenge) || challenge === pair.theirs) return;
    pair.theirs = challenge;
    this.#sendWaiting(pair);
  }

  async #open(pair: Pair, sealed: ReceivedMessage): Promise<void> {
    try {
      const opened = await this.key.open(sealed, this.session.joined?.id ?? "");
      if (!this.#isCurrent(pair)) return;
      pair.own.accept(opened.challenge, opened.n);
      this.#events.emit("message", opened.message);
    } catch (error) {
      if (!(error instanceof EncryptionError) || !this.#isCurrent(pair)) return;
      if (!pair.faults.has(error.fault)) this.failed(pair.id, error);
      pair.faults.add(error.fault);
    }
  }

  /** Returns whether a member is still the one that it was before it was awaited. */
  #isCurrent(pair: Pair): boolean {
    return this.#pairs.get(pair.id) === pair;
  }
}
