// The search for a room on the landing page, at servers that find rooms and at one that doesn't.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { roomSought, roomsReducer } from "../../src/features/landing/rooms-slice";
import type { RoomsState } from "../../src/features/landing/rooms-slice";
import {
  otherNameTyped,
  roomNamesReducer,
} from "../../src/features/room-names/room-names-slice";
import type { RoomNamesState } from "../../src/features/room-names/room-names-slice";

type Action = Parameters<typeof roomsReducer>[1];

/** A WebSocket whose server gives the same answer to each request. */
class AnsweringSocket extends EventTarget {
  static readonly OPEN = 1;
  static answer: object = {};
  static asked: unknown[] = [];
  readonly readyState = 1;
  readonly protocol = "camus.2";

  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(frame: string): void {
    const { data, id } = JSON.parse(frame) as { data: unknown; id: string };
    AnsweringSocket.asked.push(data);
    const answer = { sender: "ground control", receiver: "me", reply_to: id };
    const text = JSON.stringify({ ...answer, ...AnsweringSocket.answer });
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data: text })));
  }

  close = (): undefined => undefined;
}

beforeEach(() => {
  AnsweringSocket.asked = [];
  vi.stubGlobal("WebSocket", AnsweringSocket);
  vi.stubGlobal("location", { hash: "" });
});

afterEach(() => vi.unstubAllGlobals());

/** Looks for a room as a user does; returns what the app knows then. */
async function seek(
  text: string,
  answer: object,
): Promise<{ readonly rooms: RoomsState; readonly names: RoomNamesState }> {
  AnsweringSocket.answer = answer;
  let rooms = roomsReducer(undefined, { type: "start" });
  let names = roomNamesReducer(undefined, { type: "start" });
  const dispatch = (action: Action): void => {
    rooms = roomsReducer(rooms, action);
    names = roomNamesReducer(names, action);
  };
  const services = { server: "ws://localhost/ws" };
  roomSought(text)(dispatch as never, (() => undefined) as never, services as never);
  await vi.waitFor(() => expect(rooms.isFinding).toBe(false));
  return { rooms, names };
}

const found = (data: object) => ({ type: "room-found", data });
const refused = (code: string) => ({ type: "error", data: { code, message: "No." } });

test("the server makes the id, and the app remembers both names", async () => {
  const { rooms, names } = await seek(" C# ", found({ room_id: "c", name: "C++" }));
  expect(AnsweringSocket.asked).toEqual([{ name: "C#" }]);
  expect(location.hash).toBe("#/c");
  expect([rooms.isFinding, rooms.findProblem]).toEqual([false, null]);
  expect(otherNameTyped(names, "c")).toBe("C#");
});

test("a secret in a link isn't sent, and a link is no name", async () => {
  const link = "https://camus.example/#/c?key=secret";
  const { names } = await seek(link, found({ room_id: "c", name: "C++" }));
  expect(AnsweringSocket.asked).toEqual([{ name: "https://camus.example/#/c" }]);
  expect(names.typed).toEqual({});
});

test("the invitation in a link isn't sent, and stays in the page's address", async () => {
  const hash = `#/c?invitation=${"5e".repeat(32)}`;
  await seek(` https://camus.example/${hash} `, found({ room_id: "c" }));
  expect(AnsweringSocket.asked).toEqual([{ name: "https://camus.example/#/c" }]);
  expect(location.hash).toBe(hash);
});

test("a text that means no room is answered on the page", async () => {
  const { rooms } = await seek("!!!", refused("room-not-found"));
  expect([rooms.findProblem, location.hash]).toEqual(["no-such-name", ""]);
  const { rooms: later } = await seek("lobby", refused("rate-limited"));
  expect([later.findProblem, location.hash]).toEqual(["too-often", ""]);
});

test("at a server that finds no rooms, the app makes the id as before", async () => {
  await seek("Excellent Adventure!", refused("unknown-type"));
  expect(location.hash).toBe("#/excellent-adventure");
  const { rooms } = await seek("!!!", refused("unknown-type"));
  expect(rooms.findProblem).toBe("no-such-name");
});
