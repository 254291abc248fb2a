/** How loud a track is, ten times a second, as a number from 0 to 1. */

const EVERY = 100;
const FLOOR_DB = -60;

export class LevelMeter {
  #show;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #timer = 0;

  /** @param {(level: number) => void} show */
  constructor(show) {
    this.#show = show;
  }

  /**
   * Measures this track from now on; null stops.
   * @param {MediaStreamTrack | null} track
   */
  listen(track) {
    if (track === this.#track) return;
    this.#track = track;
    clearInterval(this.#timer);
    void this.#context?.close();
    this.#context = null;
    this.#show(0);
    if (!track) return;

    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#context = context;
    this.#timer = window.setInterval(() => {
      if (context.state === 'suspended') void context.resume();
      analyser.getFloatTimeDomainData(samples);
      this.#show(levelOf(samples));
    }, EVERY);
  }
}

/**
 * @param {Float32Array} samples
 * @returns {number} 0 at -60 dBFS and below, 1 at full scale
 */
export function levelOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / Math.max(samples.length, 1) + 1e-12);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}
