// Creates, lists and finds rooms, without joining one.

import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { parseFrame } from "./frames";
import { GROUND_CONTROL, SUBPROTOCOL } from "./generated";
import type {
  CreateRoomBody,
  ErrorBody,
  FindRoomBody,
  ListedRoom,
  Replies,
  RoomCreatedBody,
  RoomFoundBody,
} from "./generated";
import { isReplyTo, Refused } from "./requests";
import type { ServerRequest } from "./requests";
import { Ended } from "./session-events";
import { openWebSocket } from "./transport";
import type { OpenTransport } from "./transport";

/** The seconds to wait for a reply: longer than the server waits for a locked database. */
const REPLY_SECONDS = 15;

const REQUEST_ID = "message";

/**
 * Creates a room; returns its id and its owner token.
 *
 * @param url - `wss://host/ws`.
 * @throws Refused - the name is taken or invalid.
 * @throws Ended - the connection ended before there was a reply.
 */
export async function createRoom(
  url: string,
  room: CreateRoomBody,
  open: OpenTransport = openWebSocket,
  clock: Clock = systemClock,
): Promise<RoomCreatedBody> {
  const message = { type: "create-room", receiver: GROUND_CONTROL, data: room } as const;
  return (await request(url, message, open, clock)).data;
}

/**
 * Returns the public rooms.
 *
 * @param url - `wss://host/ws`.
 * @throws Ended - the connection ended before there was a reply.
 */
export async function listRooms(
  url: string,
  open: OpenTransport = openWebSocket,
  clock: Clock = systemClock,
): Promise<readonly ListedRoom[]> {
  const message = { type: "list-rooms", receiver: GROUND_CONTROL } as const;
  return (await request(url, message, open, clock)).data;
}

/**
 * Returns the id of the room that a person means by a name, an id or a link, whether there is
 * such a room or not; and its name and members, if this client may know them.
 *
 * @param url - `wss://host/ws`.
 * @throws Refused - the text means no room; `unknown-type` if the server is too old to find any.
 * @throws Ended - the connection ended before there was a reply.
 */
export async function findRoom(
  url: string,
  room: FindRoomBody,
  open: OpenTransport = openWebSocket,
  clock: Clock = systemClock,
): Promise<RoomFoundBody> {
  const message = { type: "find-room", receiver: GROUND_CONTROL, data: room } as const;
  return (await request(url, message, open, clock)).data;
}

function request<Asked extends ServerRequest>(
  url: string,
  message: Asked,
  open: OpenTransport,
  clock: Clock,
): Promise<Replies[Asked["type"]]> {
  return new Promise((resolve, reject) => {
    let error: ErrorBody | null = null;
    const type: Asked["type"] = message.type;
    const transport = open(url, [SUBPROTOCOL], {
      opened: () => transport.send(JSON.stringify({ ...message, id: REQUEST_ID })),
      received(frame) {
        const parsed = parseFrame(frame);
        if (parsed.kind === "unknown" || parsed.message.sender !== GROUND_CONTROL) return;
        const { message: reply } = parsed;
        if (reply.type === "error") error = reply.data;
        if (reply.reply_to !== REQUEST_ID) return;
        stopTimer();
        transport.abort();
        if (isReplyTo(type, reply)) resolve(reply);
        else if (error) reject(new Refused(error));
      },
      closed(code, handshakeRefusal) {
        stopTimer();
        const end = { code, error, ...(handshakeRefusal && { handshakeRefusal }) };
        reject(error ? new Refused(error) : new Ended(end));
      },
    });
    const stopTimer = clock.after(REPLY_SECONDS, () => {
      transport.abort();
      reject(new Ended({ code: 1006, error }));
    });
  });
}
