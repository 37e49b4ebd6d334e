// How loud each microphone is, measured where its sound is played.

import { Emitter } from "../camus-client/emitter";
import type { Loudness } from "../features/stage/active-speaker";

/** Ten times a second: an eye sees no more in a meter. */
const INTERVAL_MS = 100;

/** A voice is louder than a tenth of full scale only at its peaks: the scale is bent for it. */
const FULL_SCALE = 0.25;

interface Meter {
  readonly source: MediaStreamAudioSourceNode;
  readonly analyser: AnalyserNode;
  readonly samples: Float32Array<ArrayBuffer>;
}

export class AudioLevels {
  readonly #events = new Emitter<{ measured: Loudness }>();
  readonly #meters = new Map<string, Meter>();
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #loudness: Loudness = new Map();

  /** Tells of every measurement, until the function returned is called. */
  readonly subscribe = (listener: (loudness: Loudness) => void): (() => void) =>
    this.#events.on("measured", listener);

  /** How loud somebody is, from 0 to 1. */
  readonly of = (owner: string): number => this.#loudness.get(owner) ?? 0;

  /** Measures this track from now on for its owner, or nothing. */
  watch(owner: string, track: MediaStreamTrack | null): void {
    this.#meters.get(owner)?.source.disconnect();
    this.#meters.delete(owner);
    if (track) this.#meters.set(owner, this.#meter(track));
    if (this.#meters.size === 0) this.#pause();
    else this.#timer ??= setInterval(() => this.#measure(), INTERVAL_MS);
  }

  /** A browser lets a page measure once somebody has touched it. */
  resume(): void {
    if (this.#context?.state === "suspended") void this.#context.resume();
  }

  #meter(track: MediaStreamTrack): Meter {
    const context = (this.#context ??= new AudioContext());
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048; // 43 ms at 48 kHz: some periods of the deepest voice
    source.connect(analyser);
    return { source, analyser, samples: new Float32Array(analyser.fftSize) };
  }

  #measure(): void {
    this.#loudness = new Map(
      [...this.#meters].map(([owner, { analyser, samples }]) => {
        analyser.getFloatTimeDomainData(samples);
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0);
        const level = Math.sqrt(power / samples.length) / FULL_SCALE;
        return [owner, Math.min(1, Math.sqrt(level))] as const;
      }),
    );
    this.#events.emit("measured", this.#loudness);
  }

  #pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#loudness = new Map();
    this.#events.emit("measured", this.#loudness);
  }
}
