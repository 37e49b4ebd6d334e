import { describe, expect, test } from "vitest";
import { sleepDetectorOf } from "../src/camus-client/sleep-detection";
import { Conversation } from "./conversation";
import { FakeClock } from "./fake-clock";

class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
}

/** A page that sleeps and wakes as a test tells it to. */
class FakePage {
  readonly window = new EventTarget();
  readonly document = new FakeDocument();
  readonly clock = new FakeClock();
  /** How far the wall clock is ahead of the monotonic one, which may stand still in sleep. */
  ahead = 0;
  woken = 0;
  readonly awakening = sleepDetectorOf(this, this.clock, () => this.clock.now() + this.ahead);

  tell(target: "window" | "document", event: string): void {
    this[target].dispatchEvent(new Event(event));
  }
}

describe("a page may have slept", () => {
  const page = (): FakePage & { stop: () => void } => {
    const made = new FakePage();
    return Object.assign(made, { stop: made.awakening(() => (made.woken += 1)) });
  };

  test.each([
    ["document", "visibilitychange"],
    ["document", "resume"],
    ["window", "pageshow"],
    ["window", "online"],
  ] as const)("when its %s tells of %s", (target, event) => {
    const one = page();
    one.tell(target, event);
    expect(one.woken).toBe(1);
    one.stop();
    one.tell(target, event);
    expect(one.woken).toBe(1);
  });

  test("but not when it is hidden", () => {
    const one = page();
    one.document.visibilityState = "hidden";
    one.tell("document", "visibilitychange");
    expect(one.woken).toBe(0);
  });

  test("when time has passed without it", () => {
    const one = page();
    one.clock.pass(600);
    expect(one.woken).toBe(0);
    one.ahead = 11; // the machine slept, and the monotonic clock with it
    one.clock.pass(5);
    expect(one.woken).toBe(1);
    one.clock.pass(600);
    expect(one.woken).toBe(1);
    one.stop();
    expect(one.clock.waiting).toBe(0);
  });

  test("and outside a browser nobody tells", () => {
    sleepDetectorOf(null)(() => expect.unreachable())();
  });
});

describe("a session that may have slept", () => {
  const pings = (types: readonly string[]): number =>
    types.filter((type) => type === "ping").length;

  /** A session in its room, and what wakes it. */
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

  test("probes at once, and comes back when nothing is heard for three seconds", async () => {
    const { talk, connection, wake } = await joined();
    wake();
    expect(connection.types.at(-1)).toBe("ping");
    talk.clock.pass(2.9);
    expect(talk.session.status.at).toBe("joined");
    talk.clock.pass(0.2);
    expect(connection.isCut).toBe(true);
    expect(talk.session.status).toMatchObject({ at: "away", code: 1006 });
    talk.clock.pass(0.5);
    talk.server.last.accept().admit({ resumed: true, received: 0 });
    expect(talk.session.status.at).toBe("joined");
  });

  test("goes on where the server answers, and pings no more than it did", async () => {
    const { talk, connection, wake } = await joined();
    wake();
    connection.say("pong");
    talk.clock.pass(19.9);
    expect(pings(connection.types)).toBe(1);
    talk.clock.pass(0.2);
    expect(pings(connection.types)).toBe(2);
    expect(talk.session.status.at).toBe("joined");
  });

  test("probes once, however often it is woken", async () => {
    const { talk, connection, wake } = await joined();
    for (let times = 0; times < 100; times += 1) wake();
    talk.clock.pass(1);
    wake();
    expect(pings(connection.types)).toBe(1);
    talk.clock.pass(2.1);
    expect(talk.session.status.at).toBe("away");
  });

  test("waits no longer than three seconds more for the answer to a ping", async () => {
    const { talk, connection, wake } = await joined();
    talk.clock.pass(21);
    expect(pings(connection.types)).toBe(1);
    wake();
    talk.clock.pass(3.1);
    expect(talk.session.status.at).toBe("away");
  });

  test("comes back at once when it is away", async () => {
    const { talk, connection, wake } = await joined();
    connection.close(1006);
    expect(talk.server.connections.length).toBe(1);
    wake();
    wake();
    expect(talk.server.connections.length).toBe(2);
  });

  test("but not before the server wants it", async () => {
    const { talk, connection, wake } = await joined();
    connection.say("error", { code: "rate-limited", message: "no", retry_after: 9 });
    connection.close(4004);
    wake();
    talk.clock.pass(8.9);
    expect(talk.server.connections.length).toBe(1);
    talk.clock.pass(1);
    expect(talk.server.connections.length).toBe(2);
  });

  test("gives up a way back that was begun before it slept", async () => {
    const { talk, connection, wake } = await joined();
    connection.close(1006);
    talk.clock.pass(0.5);
    expect(talk.server.connections.length).toBe(2);
    wake();
    talk.clock.pass(3);
    expect(talk.server.last.isCut).toBe(true);
    expect(talk.session.status.at).toBe("away");
  });

  test("looks whether the door is still there at which it waits", async () => {
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
    talk.clock.pass(10); // the answer to a first `join` may take its time
    expect(connection.isCut).toBe(false);
    connection.say("waiting", { room_id: "lobby" }, { reply_to: "join" });
    wake();
    wake();
    expect(connection.types).toEqual(["join", "ping"]);
    connection.say("pong");
    talk.clock.pass(59);
    expect(connection.isCut).toBe(false);
    wake();
    talk.clock.pass(3);
    expect(connection.isCut).toBe(true);
  });

  test("hears of it no more when it has ended", async () => {
    const { talk, listens } = await joined();
    expect(listens()).toBe(true);
    void talk.session.leave();
    talk.clock.pass(2);
    expect(listens()).toBe(false);
    expect(talk.clock.waiting).toBe(0);
  });

  test("reads what came while it slept before it gives up the connection", async () => {
    const { talk, connection } = await joined();
    talk.clock.pass(21); // a ping is under way
    talk.clock.sleep(600); // a timer is run before a frame is heard
    expect(connection.isCut).toBe(false);
    expect(pings(connection.types)).toBe(2);
    connection.say("pong");
    talk.clock.pass(10);
    expect(talk.session.status.at).toBe("joined");
    talk.clock.pass(31);
    expect(talk.session.status.at).toBe("away");
  });
});
