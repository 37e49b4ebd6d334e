// Reports changes of the active speaker to the store.

import type { AudioLevels } from "../../app/audio-levels";
import type { RootState, DispatchAction } from "../../app/store";
import { ME } from "../../app/media-streams";
import { NO_SPEAKER, activeSpeaker } from "./active-speaker";
import { speakerChanged } from "./stage-slice";

export function watchActiveSpeaker(
  audioLevels: AudioLevels,
  dispatch: DispatchAction,
  state: () => RootState,
): void {
  let speaking = NO_SPEAKER;
  audioLevels.subscribe((loudness) => {
    speaking = activeSpeaker(speaking, loudness, performance.now());
    const { me } = state().session;
    const speaker = speaking.id === ME ? me : speaking.id;
    if (me !== null && speaker !== state().stage.speaker) dispatch(speakerChanged(speaker));
  });
}
