// The services outside the store: devices, streams, the session and the call.

import { CallService } from "../features/call/call-service";
import { mediaChanged } from "../features/devices/devices-slice";
import { LocalMedia } from "../features/devices/local-media";
import { noticed } from "../features/notices/notices-slice";
import { watchActiveSpeaker } from "../features/stage/watch-active-speaker";
import { webSocketUrl } from "./urls";
import { AudioLevels } from "./audio-levels";
import { BrowserStorage } from "./browser-storage";
import type { RootState, DispatchAction } from "./store";
import { MediaStreams } from "./media-streams";

export interface Services {
  /** The URL of the server's WebSocket. */
  readonly server: string;
  readonly storage: BrowserStorage;
  readonly media: LocalMedia;
  readonly streams: MediaStreams;
  readonly audioLevels: AudioLevels;
  readonly call: CallService;
}

/** Creates the services of a page; they report their events to the store. */
export function openServices(dispatch: DispatchAction, state: () => RootState): Services {
  const server = webSocketUrl(location.href);
  const storage = new BrowserStorage();
  const streams = new MediaStreams();
  const audioLevels = new AudioLevels();
  // On pages over http there is no `mediaDevices`, contrary to its type.
  const media = new LocalMedia(
    "mediaDevices" in navigator ? navigator.mediaDevices : undefined,
  );
  const call = new CallService({
    server,
    dispatch,
    state,
    media,
    streams,
    audioLevels,
    storage,
  });
  media.on("state", (now) => dispatch(mediaChanged(now)));
  media.on("replaced", ({ kind, label }) =>
    dispatch(noticed({ kind: "device", device: kind, label })),
  );
  watchActiveSpeaker(audioLevels, dispatch, state);
  return { server, storage, media, streams, audioLevels, call };
}
