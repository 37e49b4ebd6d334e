// What can be asked of a server without being in a room.

import { systemClock } from "./clock";
import type { Clock } from "./clock";
import { read } from "./frames";
import { GROUND_CONTROL, SUBPROTOCOL } from "./generated";
import type { CreateRoomBody, ErrorBody, ListedRoom, RoomCreatedBody } from "./generated";
import { isAnswerTo, Refused } from "./requests";
import type { Answers, Question } from "./requests";
import { Ended } from "./session-events";
import { openWebSocket } from "./transport";
import type { OpenWire } from "./transport";

/** A database that somebody else has locked. */
const ANSWER_SECONDS = 15;

const QUESTION_ID = "question";

/**
 * Makes a room; returns its id and the token of its owner.
 *
 * @param url - `wss://host/ws`.
 * @throws Refused - the name is taken, or no name.
 * @throws Ended - the connection has ended before there was an answer.
 */
export async function createRoom(
  url: string,
  room: CreateRoomBody,
  open: OpenWire = openWebSocket,
  clock: Clock = systemClock,
): Promise<RoomCreatedBody> {
  const question = { type: "create-room", receiver: GROUND_CONTROL, data: room } as const;
  return (await ask(url, question, open, clock)).data;
}

/**
 * Returns the public rooms.
 *
 * @param url - `wss://host/ws`.
 * @throws Ended - the connection has ended before there was an answer.
 */
export async function listRooms(
  url: string,
  open: OpenWire = openWebSocket,
  clock: Clock = systemClock,
): Promise<readonly ListedRoom[]> {
  const question = { type: "list-rooms", receiver: GROUND_CONTROL } as const;
  return (await ask(url, question, open, clock)).data;
}

function ask<Asked extends Question>(
  url: string,
  question: Asked,
  open: OpenWire,
  clock: Clock,
): Promise<Answers[Asked["type"]]> {
  return new Promise((answered, failed) => {
    let error: ErrorBody | null = null;
    const type: Asked["type"] = question.type;
    const wire = open(url, [SUBPROTOCOL], {
      opened: () => wire.send(JSON.stringify({ ...question, id: QUESTION_ID })),
      heard(frame) {
        const heard = read(frame);
        if (heard.kind === "unknown" || heard.message.sender !== GROUND_CONTROL) return;
        const { message } = heard;
        if (message.type === "error") error = message.data;
        if (message.reply_to !== QUESTION_ID) return;
        stopWaiting();
        wire.cut();
        if (isAnswerTo(type, message)) answered(message);
        else if (error) failed(new Refused(error));
      },
      closed(code, noPlace) {
        stopWaiting();
        const end = { code, error, ...(noPlace && { noPlace }) };
        failed(error ? new Refused(error) : new Ended(end));
      },
    });
    const stopWaiting = clock.after(ANSWER_SECONDS, () => {
      wire.cut();
      failed(new Ended({ code: 1006, error }));
    });
  });
}
