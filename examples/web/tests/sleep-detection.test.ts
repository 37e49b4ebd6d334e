import { describe, expect, test } from "vitest";
import { sleepDetectorOf } from "../src/camus-client/sleep-detection";
import { Conversation } from "./conversation";
import { FakeClock } from "./fake-clock";

class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
}

/** A page whose sleep a test controls. */
class FakePage {
  readonly window = new EventTarget();
  readonly document = new FakeDocument();
  readonly clock = new FakeClock();
  /**
   * The seconds by which the wall clock is ahead of the monotonic one, which may stop during
   * sleep.
   */
  ahead = 0;
  wakeUps = 0;
  readonly detector = sleepDetectorOf(this, this.clock, () => this.clock.now() + this.ahead);

  tell(target: "window" | "document", event: string): void {
    this[target].dispatchEvent(new Event(event));
  }
}

describe("a page is assumed to have slept", () => {
  const page = (): FakePage & { stop: () => void } => {
    const made = new FakePage();
    return Object.assign(made, { stop: made.detector(() => (made.wakeUps += 1)) });
  };

  test.each([
    ["document", "visibilitychange"],
    ["document", "resume"],
    ["window", "pageshow"],
    ["window", "online"],
  ] as const)("when its %s fires %s", (target, event) => {
    const one = page();
    one.tell(target, event);
    expect(one.wakeUps).toBe(1);
    one.stop();
    one.tell(target, event);
    expect(one.wakeUps).toBe(1);
  });

  test("but not when it is hidden", () => {
    const one = page();
    one.document.visibilityState = "hidden";
    one.tell("document", "visibilitychange");
    expect(one.wakeUps).toBe(0);
  });

  test("when time has passed unnoticed", () => {
    const one = page();
    one.clock.advance(600);
    expect(one.wakeUps).toBe(0);
    one.ahead = 11; // the machine slept, and the monotonic clock stopped
    one.clock.advance(5);
    expect(one.wakeUps).toBe(1);
    one.clock.advance(600);
    expect(one.wakeUps).toBe(1);
    one.stop();
    expect(one.clock.pendingTimers).toBe(0);
  });

  test("and never outside a browser", () => {
    sleepDetectorOf(null)(() => expect.unreachable())();
  });
});

describe("a session whose page may have slept", () => {
  const pings = (types: readonly string[]): number =>
    types.filter((type) => type === "ping").length;

  /** A session in its room, and the function that reports a wake-up to it. */
  async function joined() {
    let wake = (): void => undefined;
    let isListening = false;
    const talk = new Conversation({
      sleepDetector: (woke) => {
        isListening = true;
        wake = woke;
        return () => (isListening = false);
      },
    });
    const connection = await talk.join();
    return { talk, connection, wake: () => wake(), listens: () => isListening };
  }

  test("checks its connection at once, and reconnects after three seconds of silence", async () => {
    const { talk, connection, wake } = await joined();
    wake();
    expect(connection.receivedTypes.at(-1)).toBe("ping");
    talk.clock.advance(2.9);
    expect(talk.session.status.at).toBe("joined");
    talk.clock.advance(0.2);
    expect(connection.isAborted).toBe(true);
    expect(talk.session.status).toMatchObject({ at: "away", code: 1006 });
    talk.clock.advance(0.5);
    talk.server.last.accept().admit({ resumed: true, received: 0 });
    expect(talk.session.status.at).toBe("joined");
  });

  test("continues if the server replies, without further pings", async () => {
    const { talk, connection, wake } = await joined();
    wake();
    connection.send("pong");
    talk.clock.advance(19.9);
    expect(pings(connection.receivedTypes)).toBe(1);
    talk.clock.advance(0.2);
    expect(pings(connection.receivedTypes)).toBe(2);
    expect(talk.session.status.at).toBe("joined");
  });

  test("checks once, however often it is woken", async () => {
    const { talk, connection, wake } = await joined();
    for (let times = 0; times < 100; times += 1) wake();
    talk.clock.advance(1);
    wake();
    expect(pings(connection.receivedTypes)).toBe(1);
    talk.clock.advance(2.1);
    expect(talk.session.status.at).toBe("away");
  });

  test("waits at most three more seconds for the reply to an earlier ping", async () => {
    const { talk, connection, wake } = await joined();
    talk.clock.advance(21);
    expect(pings(connection.receivedTypes)).toBe(1);
    wake();
    talk.clock.advance(3.1);
    expect(talk.session.status.at).toBe("away");
  });

  test("reconnects at once if it is away", async () => {
    const { talk, connection, wake } = await joined();
    connection.close(1006);
    expect(talk.server.connections.length).toBe(1);
    wake();
    wake();
    expect(talk.server.connections.length).toBe(2);
  });

  test("but not before the delay that the server has set", async () => {
    const { talk, connection, wake } = await joined();
    connection.send("error", { code: "rate-limited", message: "no", retry_after: 9 });
    connection.close(4004);
    wake();
    talk.clock.advance(8.9);
    expect(talk.server.connections.length).toBe(1);
    talk.clock.advance(1);
    expect(talk.server.connections.length).toBe(2);
  });

  test("gives up an attempt that began before the sleep", async () => {
    const { talk, connection, wake } = await joined();
    connection.close(1006);
    talk.clock.advance(0.5);
    expect(talk.server.connections.length).toBe(2);
    wake();
    talk.clock.advance(3);
    expect(talk.server.last.isAborted).toBe(true);
    expect(talk.session.status.at).toBe("away");
  });

  test("checks the connection on which it is waiting to be admitted", async () => {
    let wake = (): void => undefined;
    const talk = new Conversation({
      sleepDetector: (woke) => {
        wake = woke;
        return () => undefined;
      },
    });
    void talk.session.join();
    await Promise.resolve();
    await Promise.resolve();
    const connection = talk.server.last.accept();
    wake();
    talk.clock.advance(10); // the reply to a first `join` may take a while
    expect(connection.isAborted).toBe(false);
    connection.send("waiting", { room_id: "lobby" }, { reply_to: "join" });
    wake();
    wake();
    expect(connection.receivedTypes).toEqual(["join", "ping"]);
    connection.send("pong");
    talk.clock.advance(59);
    expect(connection.isAborted).toBe(false);
    wake();
    talk.clock.advance(3);
    expect(connection.isAborted).toBe(true);
  });

  test("stops listening when it has ended", async () => {
    const { talk, listens } = await joined();
    expect(listens()).toBe(true);
    void talk.session.leave();
    talk.clock.advance(2);
    expect(listens()).toBe(false);
    expect(talk.clock.pendingTimers).toBe(0);
  });

  test("reads frames that arrived during sleep before it ends the connection", async () => {
    const { talk, connection } = await joined();
    talk.clock.advance(21); // a ping is pending
    talk.clock.advanceAsleep(600); // a timer runs before the next frame is read
    expect(connection.isAborted).toBe(false);
    expect(pings(connection.receivedTypes)).toBe(2);
    connection.send("pong");
    talk.clock.advance(10);
    expect(talk.session.status.at).toBe("joined");
    talk.clock.advance(31);
    expect(talk.session.status.at).toBe("away");
  });
});
