import { expect, test } from "vitest";
import { announcementsOf, newMessages } from "../../src/features/chat/announcements";
import type { ChatMessage } from "../../src/features/chat/chat-slice";

const said = (id: string, change: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  isMine: false,
  sender: "ted",
  from: "Ted",
  mark: null,
  time: 0,
  text: `text ${id}`,
  state: "sent",
  ...change,
});

const messages = ["1", "2", "3", "4", "5"].map((id) => said(id));

test("messages behind the known ones are new, without this client's own", () => {
  const own = said("6", { isMine: true });
  expect(newMessages([...messages, own], new Set(["1", "2", "3"]))).toEqual(messages.slice(3));
});

test("the removal of the last message makes no other one new", () => {
  expect(newMessages(messages.slice(0, 4), new Set(["1", "2", "3", "4", "5"]))).toEqual([]);
});

test("all messages are new where a flood has driven out the known ones", () => {
  expect(newMessages(messages, new Set(["0"]))).toEqual(messages);
});

test("three messages are read out, and the others are counted", () => {
  const lines = ["2 more messages", "Ted: text 3", "Ted: text 4", "Ted: text 5"];
  expect(announcementsOf(messages)).toEqual(lines);
});
