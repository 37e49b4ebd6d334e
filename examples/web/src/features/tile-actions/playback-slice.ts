// How loud each feed of the others is here, and which pictures are hidden here, for one call.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";

/** What belongs to one tile, by its id: a face with its voice, a screen with its sound. */
export interface PlaybackState {
  /** From 0 to 1; what is not here is at its full volume. */
  readonly volumes: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
}

const EMPTY: PlaybackState = { volumes: {}, hidden: [] };

const slice = createSlice({
  name: "playback",
  initialState: EMPTY,
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
  extraReducers: (builder) => builder.addCase(roomOpened, () => EMPTY),
});

export const { volumeChosen, pictureToggled } = slice.actions;
export const playbackReducer = slice.reducer;

export const volumeOf = ({ volumes }: PlaybackState, feed: string): number =>
  volumes[feed] ?? 1;

/** The name of the track that is heard with each kind of picture. */
const AUDIO_TRACKS = { camera: "microphone", screen: "screen-audio" } as const;

export const audioTrackOf = (kind: keyof typeof AUDIO_TRACKS): string => AUDIO_TRACKS[kind];

/** Returns the feed that a sound is part of, or null where it is none that plays. */
export function feedOfAudioTrack(id: string, track: string): string | null {
  const [kind] = Object.entries(AUDIO_TRACKS).find(([, sound]) => sound === track) ?? [];
  return kind === undefined ? null : `${id}/${kind}`;
}
