// How loud each feed of the others is here, and which pictures are hidden here, for one call.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";

/** What belongs to one tile, by its id: a face with its voice, a screen with its sound. */
export interface FeedsState {
  /** From 0 to 1; what is not here is at its full volume. */
  readonly volumes: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
}

const AS_SENT: FeedsState = { volumes: {}, hidden: [] };

const slice = createSlice({
  name: "feeds",
  initialState: AS_SENT,
  reducers: {
    volumeChosen: (
      { volumes, hidden },
      { payload }: PayloadAction<{ feed: string; volume: number }>,
    ) => ({
      hidden,
      volumes: { ...volumes, [payload.feed]: Math.min(1, Math.max(0, payload.volume)) },
    }),
    pictureToggled: ({ volumes, hidden }, { payload }: PayloadAction<string>) => ({
      volumes,
      hidden: hidden.includes(payload)
        ? hidden.filter((feed) => feed !== payload)
        : [...hidden, payload],
    }),
  },
  // Who leaves and comes back with the same id is heard as before.
  extraReducers: (builder) => builder.addCase(roomOpened, () => AS_SENT),
});

export const { volumeChosen, pictureToggled } = slice.actions;
export const feedsReducer = slice.reducer;

export const volumeOf = ({ volumes }: FeedsState, feed: string): number => volumes[feed] ?? 1;

/** The name of the track that is heard with each kind of picture. */
const SOUNDS = { camera: "microphone", screen: "screen-audio" } as const;

export const soundOf = (kind: keyof typeof SOUNDS): string => SOUNDS[kind];

/** Returns the feed that a sound is part of, or null where it is none that plays. */
export function feedOfSound(id: string, track: string): string | null {
  const [kind] = Object.entries(SOUNDS).find(([, sound]) => sound === track) ?? [];
  return kind === undefined ? null : `${id}/${kind}`;
}
