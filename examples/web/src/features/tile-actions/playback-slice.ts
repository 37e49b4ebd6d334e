// The local playback settings of one call: volumes, and hidden videos.

import { createSlice } from "@reduxjs/toolkit";
import type { PayloadAction } from "@reduxjs/toolkit";
import { roomOpened } from "../call/session-slice";

/**
 * Settings by tile id; a feed is the video and audio of one tile: camera and microphone, or
 * screen and its audio.
 */
export interface PlaybackState {
  /** From 0 to 1; a feed without an entry plays at full volume. */
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
  // Settings outlast a member that leaves and returns with the same id.
  extraReducers: (builder) => builder.addCase(roomOpened, () => EMPTY),
});

export const { volumeChosen, pictureToggled } = slice.actions;
export const playbackReducer = slice.reducer;

export const volumeOf = ({ volumes }: PlaybackState, feed: string): number =>
  volumes[feed] ?? 1;

/** The audio track that belongs to each kind of video. */
const AUDIO_TRACKS = { camera: "microphone", screen: "screen-audio" } as const;

export const audioTrackOf = (kind: keyof typeof AUDIO_TRACKS): string => AUDIO_TRACKS[kind];

/** Returns the feed of an audio track, or null for any other track. */
export function feedOfAudioTrack(id: string, track: string): string | null {
  const [kind] = Object.entries(AUDIO_TRACKS).find(([, sound]) => sound === track) ?? [];
  return kind === undefined ? null : `${id}/${kind}`;
}
