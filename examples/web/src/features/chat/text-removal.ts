// The removal of texts for everyone, by moderators.

import { GROUND_CONTROL, Refused } from "../../camus-client";
import type { Thunk } from "../../app/store";
import { noticed, refusalNews } from "../notices/notices-slice";
import type { ChatMessage } from "./chat-slice";

/** A message that a moderator may remove: it has an id, and the server hasn't said it itself. */
export type RemovableMessage = ChatMessage & { readonly saidAs: string };

export const isRemovable = (message: ChatMessage): message is RemovableMessage =>
  message.saidAs !== undefined && message.sender !== GROUND_CONTROL;

/** Removes a text for everyone, if the server still keeps it. */
export const textRemovalRequested =
  ({ sender, saidAs: id }: RemovableMessage): Thunk =>
  async (dispatch, _, { call }) => {
    const data = { sender, id };
    try {
      await call.session.request({ type: "remove-text", receiver: GROUND_CONTROL, data });
    } catch (error) {
      const isForgotten = error instanceof Refused && error.error.code === "not-found";
      dispatch(noticed(isForgotten ? { kind: "forgotten" } : refusalNews(error)));
    }
  };
