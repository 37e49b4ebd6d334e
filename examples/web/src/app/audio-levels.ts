// The audio level of each microphone, measured on the tracks that are played.

import { Emitter } from "../camus-client/emitter";
import type { Loudness } from "../features/stage/active-speaker";

/** Ten times a second; faster changes aren't visible in a meter. */
const INTERVAL_MS = 100;

/**
 * The RMS level shown as full scale: speech exceeds a tenth of digital full scale only at its
 * peaks.
 */
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

  /** Adds a listener for every measurement; the returned function removes it. */
  readonly subscribe = (listener: (loudness: Loudness) => void): (() => void) =>
    this.#events.on("measured", listener);

  /** Returns the level of an owner's microphone, from 0 to 1. */
  readonly of = (owner: string): number => this.#loudness.get(owner) ?? 0;

  /** Measures this track for its owner from now on; null stops measuring. */
  watch(owner: string, track: MediaStreamTrack | null): void {
    this.#meters.get(owner)?.source.disconnect();
    this.#meters.delete(owner);
    if (track) this.#meters.set(owner, this.#meter(track));
    if (this.#meters.size === 0) this.#pause();
    else this.#timer ??= setInterval(() => this.#measure(), INTERVAL_MS);
  }

  /** Resumes measuring after a user gesture, before which browsers suspend audio processing. */
  resume(): void {
    if (this.#context?.state === "suspended") void this.#context.resume();
  }

  #meter(track: MediaStreamTrack): Meter {
    const context = (this.#context ??= new AudioContext());
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048; // 43 ms at 48 kHz: several periods of the deepest voice
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
