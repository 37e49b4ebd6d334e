// Tells the store who speaks, and only when that changes.

import type { Levels } from "../../app/audio-levels";
import type { RootState, Tell } from "../../app/store";
import { ME } from "../../app/media-streams";
import { NOBODY, whoSpeaks } from "./active-speaker";
import { speakerChanged } from "./stage-slice";

export function watchSpeaker(levels: Levels, tell: Tell, state: () => RootState): void {
  let speaking = NOBODY;
  levels.subscribe((loudness) => {
    speaking = whoSpeaks(speaking, loudness, performance.now());
    const { me } = state().session;
    const speaker = speaking.id === ME ? me : speaking.id;
    if (me !== null && speaker !== state().stage.speaker) tell(speakerChanged(speaker));
  });
}
