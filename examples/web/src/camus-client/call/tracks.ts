// Named tracks: the content of each media section of a connection, in both directions.

import { isObject } from "../frames";
import type { PeerConnection, Transceiver } from "./peer-connection";

/** A track that this client sends under one name. */
export interface LocalTrack {
  readonly track: MediaStreamTrack;
  /** The browser synchronizes the playback of tracks of the same stream. */
  readonly stream: MediaStream | null;
}

/** The names of tracks of peers that send no `x-tracks`, by kind. */
const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  audio: "microphone",
  video: "camera",
};

/** The tracks sent to one peer, by name. */
export class SentTracks {
  readonly #transceivers = new Map<string, Transceiver>();

  constructor(readonly connection: PeerConnection) {}

  /** Sends a track under this name, or nothing; the media section remains. */
  async set(name: string, local: LocalTrack | null): Promise<void> {
    const transceiver = this.#transceivers.get(name);
    if (!transceiver) {
      if (local) this.#add(name, local);
      return;
    }
    transceiver.direction = local ? "sendrecv" : "recvonly";
    await transceiver.sender.replaceTrack(local?.track ?? null);
  }

  /** The name of the track in each media section, by `mid`: the payload of `x-tracks`. */
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
    // The browser may reuse the section of a track that was removed before it was ever sent.
    for (const [other, taken] of this.#transceivers) {
      if (taken === added) this.#transceivers.delete(other);
    }
    this.#transceivers.set(name, added);
  }
}

/**
 * Returns the tracks that the peer sends, by name. `names` maps `mid` to name, as announced by
 * the peer; a section without a name is about to end. If the peer has announced none, the name
 * follows from the kind.
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

/** Parses the payload of an `x-tracks`, and omits invalid entries. */
export function trackNamesIn(data: unknown): ReadonlyMap<string, string> {
  const entries = isObject(data) ? Object.entries(data) : [];
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
