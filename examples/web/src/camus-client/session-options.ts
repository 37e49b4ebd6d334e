// The options of a session.

import type { ReconnectPolicy } from "./backoff";
import type { Clock } from "./clock";
import type { JoinBody } from "./generated";
import type { GuestTokenStore } from "./guest-tokens";
import type { SessionStore } from "./session-store";
import type { SleepDetector } from "./sleep-detection";
import type { OpenTransport } from "./transport";

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
