import { expect, test } from "vitest";
import {
  nameTold,
  otherNameTyped,
  roomNamed,
  roomNamesReducer,
  roomTyped,
} from "../../src/features/room-names/room-names-slice";

test("whoever types another name than the room has is told", () => {
  const other = (text: string, name: string): string | null => {
    const typed = roomNamesReducer(undefined, roomTyped({ roomId: "c", text }));
    expect(otherNameTyped(typed, "c")).toBe(null);
    return otherNameTyped(roomNamesReducer(typed, roomNamed({ roomId: "c", name })), "c");
  };
  expect(other("C#", "C++")).toBe("C#");
  expect(other("C", "C++")).toBe("C");
  expect(other("C#", "c")).toBe("C#");
  expect(other("Strassenfest", "Straßenfest")).toBe("Strassenfest");
  expect(other("wyld  stallyns", "Wyld Stallyns")).toBe(null);
  expect(other("Circle K", "circle-k")).toBe(null);
  expect(other("Cafe\u0301", "Caf\u00e9")).toBe(null);
});

test("who comes by a link has typed no name, whatever the room is called", () => {
  expect(nameTold(roomNamesReducer(undefined, { type: "start" }), "constructor")).toBe(null);
  const state = roomNamesReducer(undefined, roomNamed({ roomId: "c", name: "C++" }));
  expect(otherNameTyped(state, "c")).toBe(null);
});
