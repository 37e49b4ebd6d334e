// @vitest-environment happy-dom
// The app survives anything that the server relays from peers: from the WebSocket through the
// store to the page.

import fc from "fast-check";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { App } from "../../src/app/App";
import { ServicesContext } from "../../src/app/hooks";
import { hashChanged, joinRequested } from "../../src/app/navigation";
import { openServices } from "../../src/app/services";
import { makeStore } from "../../src/app/store";
import { messageReceived } from "../../src/features/chat/chat-slice";
import { named, namedAll } from "../../src/features/people/display-names";
import { memberJoined, waitingRoomReplaced } from "../../src/features/people/people-slice";
import { panelShown } from "../../src/features/stage/stage-slice";
import type { PanelName } from "../../src/features/stage/stage-slice";
import { en } from "../../src/texts/en";
import { FakeWebSocket, ME, stubBrowser } from "./browser-stubs";
import { protocol, jsonTexts } from "./schema-arbitraries";

/** The members, two of them with look-alike names. */
const ROSTER = [
  { id: "a1a1a1", username: "Ann", role: "guest" },
  { id: "b2b2b2", username: "Аnn", role: "moderator" },
  { id: ME, username: "Me", role: "owner" },
] as const;
const IDS = [...ROSTER.map(({ id }) => id), "c3c3c3"];

const { store, services } = (() => {
  stubBrowser();
  return makeStore(openServices);
})();
const page = document.createElement("div");
document.body.append(page);
const root = createRoot(page);
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

/** Waits until the page has rendered the received frames. */
const rendered = (): Promise<void> =>
  act(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  });

beforeAll(() => {
  FakeWebSocket.roster = ROSTER;
});

beforeEach(async () => {
  await act(async () => {
    store.dispatch(hashChanged(""));
    root.render(
      createElement(Provider, {
        store,
        children: createElement(ServicesContext, { value: services }, createElement(App)),
      }),
    );
    store.dispatch(hashChanged("#/lobby"));
    await vi.waitFor(() => expect(store.getState().session.roomId).toBe("lobby"));
    store.dispatch(joinRequested("Me", null));
    await vi.waitFor(() => expect(store.getState().session.presence.at).toBe("inside"));
  });
});

afterAll(() => {
  act(() => root.unmount());
  services.media.stop();
});

const receive = (frame: string): void => FakeWebSocket.last?.receive(frame);
const frameOf = (sender: string, type: string, data: string): string =>
  `{"sender":${JSON.stringify(sender)},"receiver":"room","type":${JSON.stringify(type)},"data":${data}}`;

/**
 * The messages that a member may have relayed to another one, by the schema of the protocol.
 */
const PEER_MESSAGES = Object.entries(protocol["x-camus"].messages)
  .filter(([, { said }]) => {
    const { joined = "" } = said;
    return typeof joined !== "string" && (joined.includes("client") || joined.includes("room"));
  })
  .map(([name]) => name);

/** The server's messages about other members, with names that those have chosen. */
const SERVER_MESSAGES = [
  "Undeliverable",
  "RoomUpdated",
  "GoingAway",
  "ClientJoined",
  "ClientUpdated",
  "ClientLeft",
  "ClientWaiting",
  "ClientWaitingLeft",
];

const framesOf = (name: string, senders: readonly string[]): fc.Arbitrary<string> => {
  const { type, data = {} } = protocol.$defs[name]?.properties ?? {};
  const types =
    typeof type?.const === "string"
      ? fc.constant(type.const)
      : fc.constantFrom("x-state", "x-", "x-of-tomorrow");
  return fc
    .tuple(fc.constantFrom(...senders), types, jsonTexts(data, IDS))
    .map(([sender, ofType, text]) => frameOf(sender, ofType, text));
};

const frames: fc.Arbitrary<string> = fc.oneof(
  ...PEER_MESSAGES.map((name) => framesOf(name, IDS)),
  { arbitrary: framesOf("Text", IDS), weight: 4 },
  ...SERVER_MESSAGES.map((name) => framesOf(name, ["ground control"])),
);

/** The number of elements that one message or name may add to the page. */
const MAX_ELEMENTS = 4000;

async function expectAppWorks(): Promise<void> {
  receive(
    frameOf("a1a1a1", "text", `{"from":"Ann","time":${Date.now()},"text":"Still there?"}`),
  );
  await rendered();
  const last = store.getState().chat.messages.at(-1);
  expect(last).toMatchObject({ text: "Still there?" });
  expect(page.querySelector(".controls")).not.toBe(null);
  expect(page.querySelectorAll(".broken").length).toBe(0);
  expect(page.querySelectorAll("*").length).toBeLessThan(MAX_ELEMENTS);
}

test("the schema lists the messages that peers send to each other", () => {
  expect(PEER_MESSAGES).toEqual(expect.arrayContaining(["Text", "Extension", "Offer", "Bye"]));
});

test.each(["chat", "people", null] satisfies (PanelName | null)[])(
  "the app survives any messages of peers, with this panel open: %s",
  async (panel) => {
    act(() => {
      store.dispatch(panelShown(panel));
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 12 }), async (said) => {
        act(() => {
          for (const frame of said) receive(frame);
        });
        await rendered();
        receive(frameOf("ground control", "client-joined", JSON.stringify(ROSTER[0])));
        await expectAppWorks();
      }),
      { numRuns: 40 },
    );
  },
  120_000,
);

test.each([
  ["1e300"],
  ["9".repeat(400)],
  ["-1e300"],
  ["8640000000000001"],
  ["-1"],
  ["1e999"],
  ['"yesterday"'],
  ["null"],
  ["[]"],
])("a message with the time %s is shown with the current time", async (time) => {
  act(() => {
    store.dispatch(panelShown("chat"));
    receive(frameOf("a1a1a1", "text", `{"from":"Ann","time":${time},"text":"hi"}`));
  });
  await rendered();
  expect(page.querySelector(".chat-message")?.textContent).toContain("hi");
  const [message] = store.getState().chat.messages;
  expect(Math.abs(Date.now() - (message?.time ?? 0))).toBeLessThan(60_000);
  await expectAppWorks();
});

test("look-alike names are marked everywhere, and their messages aren't grouped", async () => {
  act(() => {
    store.dispatch(panelShown("chat"));
    for (const [id, from] of [
      ["a1a1a1", "Ann"],
      ["b2b2b2", "Аnn"],
    ]) {
      receive(
        frameOf(id ?? "", "text", JSON.stringify({ from, time: Date.now(), text: "hi" })),
      );
    }
  });
  await rendered();
  const lines = [...page.querySelectorAll(".chat-message")];
  expect(lines.map((line) => line.querySelector(".name-mark")?.textContent)).toEqual([
    "#a1a1",
    "#b2b2",
  ]);
  expect(lines.map((line) => line.getAttribute("data-follows"))).toEqual(["false", "false"]);
  const tiles = [...page.querySelectorAll(".tile-name")].map(({ textContent }) => textContent);
  expect(tiles.slice(0, 2)).toEqual(["Ann #a1a1", "Аnn #b2b2"]);
  act(() => {
    store.dispatch(panelShown("people"));
  });
  await rendered();
  const people = [...page.querySelectorAll(".person .name")].map((one) => one.textContent);
  expect(people).toEqual(["Ann #a1a1", "Аnn #b2b2", "Me"]);
  const labels = [...page.querySelectorAll("button")].map((one) =>
    one.getAttribute("aria-label"),
  );
  expect(labels).toContain(en.people.actionsFor("Аnn #b2b2"));
});

const idOf = (n: number): string => n.toString(16).padStart(32, "0");
const receiveFromServer = (type: string, data: unknown): void =>
  receive(frameOf("ground control", type, JSON.stringify(data)));

test("an update of an unknown client adds no member, and its leaving causes no notice", async () => {
  const before = store.getState();
  act(() => {
    receiveFromServer("client-updated", { id: idOf(1), username: "Nobody", role: "guest" });
    receiveFromServer("client-left", { id: idOf(1), reason: "left" });
    receiveFromServer("client-left", { id: idOf(2), reason: "left" });
  });
  await rendered();
  expect(store.getState().people.members).toEqual(before.people.members);
  expect(store.getState().notices.shown).toEqual([]);
});

test("an unknown recipient causes no notice, other refusals do", async () => {
  act(() => {
    receiveFromServer("error", {
      code: "unknown-receiver",
      message: "nobody here has this id",
    });
  });
  expect(store.getState().notices.shown).toEqual([]);
  act(() => {
    receiveFromServer("error", { code: "unavailable", message: "later" });
  });
  expect(store.getState().notices.shown).toMatchObject([{ news: { kind: "refused" } }]);
  await expectAppWorks();
});

test("a member announced twice keeps its state", async () => {
  act(() => {
    receive(frameOf("a1a1a1", "x-state", `{"muted":true,"camera":true,"screen":false}`));
    receiveFromServer("client-joined", ROSTER[0]);
  });
  const { members } = store.getState().people;
  expect(members.filter(({ id }) => id === "a1a1a1")).toMatchObject([
    { state: { muted: true, camera: true } },
  ]);
  await expectAppWorks();
});

/** Milliseconds on a busy machine; it took 3800 when each name was compared anew. */
const LARGE_ROOM_MS = 1500;

test("the display names of a large room with look-alikes are computed in time", () => {
  const names = (n: number): string => (n % 2 === 0 ? `Guest ${n}` : `${"﷽".repeat(60)}${n}`);
  const crowd = Array.from({ length: 256 }, (_, n) => ({ id: idOf(n), username: names(n) }));
  const start = performance.now();
  const known = namedAll(crowd, []);
  for (let n = 0; n < 100; n += 1) named({ id: idOf(300 + n), username: names(n) }, known);
  expect(performance.now() - start).toBeLessThan(LARGE_ROOM_MS);
});

describe("a rendering failure", () => {
  const broken = (): (string | undefined)[] =>
    [...page.querySelectorAll(".broken")].map(({ textContent }) => textContent.trim());
  const quietly = async (show: () => void): Promise<void> => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => errors.mockRestore());
    act(show);
    await rendered();
  };

  test("in one message doesn't affect the others", async () => {
    const line = { isMine: false, sender: "a1a1a1", from: "Ann", mark: null } as const;
    const heard = (id: string, time: number) =>
      messageReceived({ ...line, id, time, text: `text ${id}`, state: "sent" });
    await quietly(() => {
      store.dispatch(panelShown("chat"));
      store.dispatch(heard("1", Date.now()));
      store.dispatch(heard("2", 1e300)); // `parseMessage` prevents such a time
      store.dispatch(heard("3", Date.now()));
    });
    expect(broken()).toEqual([en.broken.message]);
    const texts = [...page.querySelectorAll(".chat-text")].map(
      ({ textContent }) => textContent,
    );
    expect(texts).toEqual(["text 1", "text 3"]);
  });

  test("in one row and one tile doesn't affect the others", async () => {
    const nobody = { id: idOf(9), username: null as unknown as string, mark: null };
    await quietly(() => {
      store.dispatch(panelShown("people"));
      store.dispatch(memberJoined({ ...nobody, role: "guest" }));
    });
    expect(broken().sort()).toEqual([en.broken.person, en.broken.tile].sort());
    expect(page.querySelectorAll(".person .name").length).toBe(ROSTER.length);
    expect(page.querySelectorAll(".tile-name").length).toBe(ROSTER.length);
    expect(page.querySelector(".controls")).not.toBe(null);
  });

  test("in a panel doesn't affect the call", async () => {
    await quietly(() => {
      store.dispatch(panelShown("people"));
      store.dispatch(waitingRoomReplaced([null] as unknown as readonly []));
    });
    expect(broken()).toContain(en.broken.panel);
    expect(page.querySelector(".stage")).not.toBe(null);
    expect(page.querySelector(".controls")).not.toBe(null);
  });
});

test("a flood of messages is announced as a count and the last few, without a queue", async () => {
  act(() => {
    store.dispatch(panelShown("chat"));
  });
  await rendered();
  const announced = new Set<string>();
  const region = page.querySelector(".panel [role=status]");
  const observer = new MutationObserver(() => {
    for (const one of region?.querySelectorAll("p") ?? []) announced.add(one.textContent);
  });
  observer.observe(region ?? page, { childList: true, subtree: true, characterData: true });
  onTestFinished(() => observer.disconnect());
  for (let burst = 0; burst < 10; burst += 1) {
    act(() => {
      for (let n = 0; n < 100; n += 1) {
        receive(frameOf("a1a1a1", "text", JSON.stringify({ text: `line ${burst} ${n}` })));
      }
    });
    await rendered();
  }
  await vi.waitFor(() => expect([...announced].at(-1)).toContain("line 9 99"), 6000);
  expect(announced.size).toBeLessThanOrEqual(2 * 4);
}, 20_000);
