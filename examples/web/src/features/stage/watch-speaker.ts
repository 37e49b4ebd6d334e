// Tells the store who speaks, and only when that changes.

import type { Levels } from "../../app/levels";
import type { RootState, Tell } from "../../app/store";
import { ME } from "../../app/streams";
import { NOBODY, whoSpeaks } from "./speaker";
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
