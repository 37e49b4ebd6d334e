// Named tracks: what each media section of a connection carries, in both directions.

import { isObject } from "../frames";
import type { PeerConnection, Transceiver } from "./peer-connection";

/** What a client sends under one name. */
export interface LocalTrack {
  readonly track: MediaStreamTrack;
  /** Tracks of one stream are played in step. */
  readonly stream: MediaStream | null;
}

/** The name of a track of a client that tells no names, as `x-tracks` would call it. */
const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  audio: "microphone",
  video: "camera",
};

/** What is sent to one peer, by name. */
export class SentTracks {
  readonly #transceivers = new Map<string, Transceiver>();

  constructor(readonly connection: PeerConnection) {}

  /** Sends this under a name from now on, or nothing; the media section stays. */
  async set(name: string, local: LocalTrack | null): Promise<void> {
    const transceiver = this.#transceivers.get(name);
    if (!transceiver) {
      if (local) this.#add(name, local);
      return;
    }
    transceiver.direction = local ? "sendrecv" : "recvonly";
    await transceiver.sender.replaceTrack(local?.track ?? null);
  }

  /** Returns which media section carries what, by `mid`, as `x-tracks` tells it. */
  get names(): Record<string, string> {
    const sending = [...this.#transceivers].filter(
      ([, { direction }]) => direction === "sendrecv",
    );
    return Object.fromEntries(
      sending.flatMap(([name, { mid }]) => (mid === null ? [] : [[mid, name]])),
    );
  }

  #add(name: string, { track, stream }: LocalTrack): void {
    const sender = this.connection.addTrack(track, ...(stream ? [stream] : []));
    const transceivers = this.connection.getTransceivers();
    const added = transceivers.find((transceiver) => transceiver.sender === sender);
    if (!added) return;
    // The browser may take the section of a track that was taken back before it was sent.
    for (const [other, taken] of this.#transceivers) {
      if (taken === added) this.#transceivers.delete(other);
    }
    this.#transceivers.set(name, added);
  }
}

/**
 * Returns the tracks that the other side sends, by name. `names` are those that it has told by
 * `mid`: what has none there is about to end. Where it has told none, the kinds are names.
 */
export function receivedTracks(
  connection: PeerConnection,
  names: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, MediaStreamTrack> {
  const tracks = new Map<string, MediaStreamTrack>();
  for (const { mid, currentDirection, receiver } of connection.getTransceivers()) {
    const receives = currentDirection === "sendrecv" || currentDirection === "recvonly";
    if (mid === null || !receives) continue;
    const { track } = receiver;
    const name = names ? names.get(mid) : (DEFAULT_NAMES[track.kind] ?? track.kind);
    if (name === undefined) continue;
    tracks.set(tracks.has(name) ? `${name}-${mid}` : name, track);
  }
  return tracks;
}

/** Reads what an `x-tracks` of a peer says; what is no name is left out. */
export function trackNamesIn(data: unknown): ReadonlyMap<string, string> {
  const entries = isObject(data) ? Object.entries(data) : [];
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
