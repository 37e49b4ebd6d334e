// @vitest-environment happy-dom
// Whatever the server lets a peer say, the page goes on: from the socket through the store to
// what is shown.

import fc from "fast-check";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "react-redux";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { App } from "../../src/app/App";
import { ServicesContext } from "../../src/app/hooks";
import { addressChanged, knocked } from "../../src/app/navigation";
import { openServices } from "../../src/app/services";
import { makeStore } from "../../src/app/store";
import { panelShown } from "../../src/features/stage/stage-slice";
import type { Panel } from "../../src/features/stage/stage-slice";
import { en } from "../../src/texts/en";
import { FakeSocket, ME, stubBrowser } from "./browser-stubs";
import { protocol, textsOf } from "./schema-texts";

/** Who there is, with two whose names look alike. */
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

/** Lets the page show what it has heard. */
const shown = (): Promise<void> =>
  act(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  });

beforeAll(() => {
  FakeSocket.roster = ROSTER;
});

beforeEach(async () => {
  await act(async () => {
    store.dispatch(addressChanged(""));
    root.render(
      createElement(Provider, {
        store,
        children: createElement(ServicesContext, { value: services }, createElement(App)),
      }),
    );
    store.dispatch(addressChanged("#/lobby"));
    await vi.waitFor(() => expect(store.getState().session.roomId).toBe("lobby"));
    store.dispatch(knocked("Me", null));
    await vi.waitFor(() => expect(store.getState().session.presence.at).toBe("inside"));
  });
});

afterAll(() => {
  act(() => root.unmount());
  services.media.stop();
});

const says = (frame: string): void => FakeSocket.last?.says(frame);
const frameOf = (sender: string, type: string, data: string): string =>
  `{"sender":${JSON.stringify(sender)},"receiver":"room","type":${JSON.stringify(type)},"data":${data}}`;

/** What a member may have relayed to another one, by the schema of the protocol. */
const ofPeers = Object.entries(protocol["x-camus"].messages)
  .filter(([, { said }]) => {
    const { joined = "" } = said;
    return typeof joined !== "string" && (joined.includes("client") || joined.includes("room"));
  })
  .map(([name]) => name);

/** What the server says of others, with the names that they have given themselves. */
const OF_SERVER = [
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
    .tuple(fc.constantFrom(...senders), types, textsOf(data, IDS))
    .map(([sender, ofType, text]) => frameOf(sender, ofType, text));
};

const frames: fc.Arbitrary<string> = fc.oneof(
  ...ofPeers.map((name) => framesOf(name, IDS)),
  { arbitrary: framesOf("Text", IDS), weight: 4 },
  ...OF_SERVER.map((name) => framesOf(name, ["ground control"])),
);

/** Elements that one message, or one name, may bring into the page. */
const MOST_ELEMENTS = 4000;

async function goesOn(): Promise<void> {
  says(frameOf("a1a1a1", "text", `{"from":"Ann","time":${Date.now()},"text":"Still there?"}`));
  await shown();
  const last = store.getState().chat.messages.at(-1);
  expect(last).toMatchObject({ text: "Still there?" });
  expect(page.querySelector(".controls")).not.toBe(null);
  expect(page.querySelectorAll(".broken").length).toBe(0);
  expect(page.querySelectorAll("*").length).toBeLessThan(MOST_ELEMENTS);
}

test("the schema knows the messages that peers say to each other", () => {
  expect(ofPeers).toEqual(expect.arrayContaining(["Text", "Extension", "Offer", "Bye"]));
});

test.each(["chat", "people", null] satisfies (Panel | null)[])(
  "whatever peers say, the page goes on, with this panel: %s",
  async (panel) => {
    act(() => {
      store.dispatch(panelShown(panel));
    });
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { minLength: 1, maxLength: 12 }), async (said) => {
        act(() => {
          for (const frame of said) says(frame);
        });
        await shown();
        says(frameOf("ground control", "client-joined", JSON.stringify(ROSTER[0])));
        await goesOn();
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
])("a message of the time %s is shown as one of now", async (time) => {
  act(() => {
    store.dispatch(panelShown("chat"));
    says(frameOf("a1a1a1", "text", `{"from":"Ann","time":${time},"text":"hi"}`));
  });
  await shown();
  expect(page.querySelector(".chat-message")?.textContent).toContain("hi");
  const [message] = store.getState().chat.messages;
  expect(Math.abs(Date.now() - (message?.time ?? 0))).toBeLessThan(60_000);
  await goesOn();
});

test("two whose names look alike are told apart everywhere, and no breath joins them", async () => {
  act(() => {
    store.dispatch(panelShown("chat"));
    for (const [id, from] of [
      ["a1a1a1", "Ann"],
      ["b2b2b2", "Аnn"],
    ]) {
      says(frameOf(id ?? "", "text", JSON.stringify({ from, time: Date.now(), text: "hi" })));
    }
  });
  await shown();
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
  await shown();
  const people = [...page.querySelectorAll(".person .name")].map((one) => one.textContent);
  expect(people).toEqual(["Ann #a1a1", "Аnn #b2b2", "Me"]);
  const labels = [...page.querySelectorAll("button")].map((one) =>
    one.getAttribute("aria-label"),
  );
  expect(labels).toContain(en.people.actionsFor("Аnn #b2b2"));
});
