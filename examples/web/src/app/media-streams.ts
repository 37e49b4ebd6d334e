// The MediaStreams of the call, by key. They can't be in the store.

/** The owner and the track name: `me/camera`, `<client id>/screen`. */
export type StreamKey = `${string}/${string}`;

/** The owner of this client's own streams. */
export const ME = "me";

export class MediaStreams {
  readonly #streams = new Map<StreamKey, MediaStream>();
  readonly #listeners = new Set<() => void>();

  /** Returns the stream of this key; a new object whenever its track changes. */
  readonly of = (key: StreamKey): MediaStream | null => this.#streams.get(key) ?? null;

  /** Adds a listener for every change; the returned function removes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  put(key: StreamKey, track: MediaStreamTrack | null): void {
    if ((this.#streams.get(key)?.getTracks()[0] ?? null) === track) return;
    if (track) this.#streams.set(key, new MediaStream([track]));
    else this.#streams.delete(key);
    for (const listener of this.#listeners) listener();
  }

  /** Replaces all tracks of an owner. */
  putAll(owner: string, tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    const gone = [...this.#streams.keys()].filter(
      (key) => key.startsWith(`${owner}/`) && !tracks.has(key.slice(owner.length + 1)),
    );
    for (const key of gone) this.put(key, null);
    for (const [name, track] of tracks) this.put(`${owner}/${name}`, track);
  }
}
