// Replacement of the words that only a newer server knows (rules CLIENT-32 and CLIENT-33).

import { WORDS } from "./generated";
import type { Heard, JoinedBody, SessionClient } from "./generated";

type Words = typeof WORDS;

/** Returns a message of the server with a fallback for each word that this client can't know. */
export function withKnownWords(message: Heard): Heard {
  switch (message.type) {
    case "joined":
      return { ...message, data: joinedBody(message.data) };
    case "client-joined":
    case "client-updated":
      return { ...message, data: client(message.data) };
    case "client-left":
      return { ...message, data: withReason(message.data, "LeaveReason") };
    case "undeliverable":
      return { ...message, data: withReason(message.data, "Reason") };
    default:
      return message;
  }
}

function joinedBody(joined: JoinedBody): JoinedBody {
  const { role, reason, clients } = joined;
  return {
    ...joined,
    role: known("Role", role),
    ...(reason && { reason: known("Lost", reason) }),
    ...(clients && { clients: clients.map(client) }),
  };
}

const client = (one: SessionClient): SessionClient => ({
  ...one,
  role: known("Role", one.role),
});

function withReason<Name extends "LeaveReason" | "Reason", Data extends { reason: string }>(
  data: Data,
  name: Name,
): Data & { reason: Words[Name]["words"][number] } {
  return { ...data, reason: known(name, data.reason) };
}

function known<Name extends keyof Words>(
  name: Name,
  word: string,
): Words[Name]["words"][number] {
  const { words, fallback } = WORDS[name];
  return words.find((one) => one === word) ?? fallback;
}
