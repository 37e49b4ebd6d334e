// The MediaStreams of the call, outside the store: by key, for whoever plays them.

/** Whose and what: `me/camera`, `<client id>/screen`. */
export type StreamKey = `${string}/${string}`;

/** What this client itself sends, and sees of itself. */
export const ME = "me";

export class MediaStreams {
  readonly #streams = new Map<StreamKey, MediaStream>();
  readonly #listeners = new Set<() => void>();

  /** The stream of this key; another object whenever its track is another. */
  readonly of = (key: StreamKey): MediaStream | null => this.#streams.get(key) ?? null;

  /** Tells of every change, until the function returned is called. */
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

  /** Somebody sends exactly these, by name. */
  putAll(owner: string, tracks: ReadonlyMap<string, MediaStreamTrack>): void {
    const gone = [...this.#streams.keys()].filter(
      (key) => key.startsWith(`${owner}/`) && !tracks.has(key.slice(owner.length + 1)),
    );
    for (const key of gone) this.put(key, null);
    for (const [name, track] of tracks) this.put(`${owner}/${name}`, track);
  }
}
