// What lives outside the store: streams, devices, the session and the call.

import { CallService } from "../features/call/call-service";
import { mediaChanged } from "../features/devices/devices-slice";
import { LocalMedia } from "../features/devices/local-media";
import { noticed } from "../features/notices/notices-slice";
import { watchSpeaker } from "../features/stage/watch-active-speaker";
import { serverOf } from "./urls";
import { Levels } from "./audio-levels";
import { Memory } from "./browser-storage";
import type { RootState, Tell } from "./store";
import { Streams } from "./media-streams";

export interface Services {
  /** The URL of the server's WebSocket. */
  readonly server: string;
  readonly memory: Memory;
  readonly media: LocalMedia;
  readonly streams: Streams;
  readonly levels: Levels;
  readonly call: CallService;
}

/** Opens the services of a page; what they hear of, they tell the store. */
export function openServices(tell: Tell, state: () => RootState): Services {
  const server = serverOf(location.href);
  const memory = new Memory();
  const streams = new Streams();
  const levels = new Levels();
  // Of a page over http the browser has no devices, whatever the types say.
  const media = new LocalMedia(
    "mediaDevices" in navigator ? navigator.mediaDevices : undefined,
  );
  const call = new CallService({ server, tell, state, media, streams, levels, memory });
  media.on("state", (now) => tell(mediaChanged(now)));
  media.on("replaced", ({ kind, label }) =>
    tell(noticed({ kind: "device", device: kind, label })),
  );
  watchSpeaker(levels, tell, state);
  return { server, memory, media, streams, levels, call };
}
