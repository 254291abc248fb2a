/** How large and how fine a still is made so that it stays small: the finest first, and writing stays readable to the last. Pure but for the encoder given. */

/** What a still should not weigh more than; bytes. */
export const WEIGHT = 40_000;

/** What the server takes at most: the last step may lie between the two; bytes. */
const MOST = 48 * 1024;

/** The longest side that the server takes. */
const LONGEST = 2_048;

/** From the widest down; writing on a slide is read more easily coarse than small. */
const WIDTHS = /** @type {const} */ ([[1280, [0.8, 0.6, 0.4]], [960, [0.6, 0.4, 0.25]], [640, [0.5, 0.3, 0.15]]]);

/** @typedef {{ width: number, height: number, quality: number }} StillStep */

/**
 * The steps for a screen of this size, none larger than it is.
 * @param {number} width
 * @param {number} height
 * @returns {StillStep[]}
 */
export function stillSteps(width, height) {
  const longest = Math.min(1, LONGEST / height);
  /** @type {StillStep[]} */
  const steps = [];
  for (const [most, qualities] of WIDTHS) {
    const scale = Math.min(longest, most / width);
    const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    for (const quality of qualities) {
      const finer = steps.at(-1);
      if (!finer || finer.width > size.width || finer.quality > quality) steps.push({ ...size, quality });
    }
  }
  return steps;
}

/**
 * The finest that is light enough; null when even the coarsest is too heavy.
 * @template {{ size: number }} T
 * @param {readonly StillStep[]} steps
 * @param {(step: StillStep) => Promise<T | null>} encode
 * @returns {Promise<T | null>}
 */
export async function lightEnough(steps, encode) {
  /** @type {T | null} */
  let last = null;
  for (let i = 0; i < steps.length; i++) {
    const step = /** @type {StillStep} */ (steps[i]);
    last = await encode(step);
    if (!last) return null;
    if (last.size <= WEIGHT) return last;
    // Far too heavy: less quality alone will not do, so the rest of this width is left out.
    if (last.size > 3 * WEIGHT) while (steps[i + 1]?.width === step.width) i++;
  }
  return last && last.size <= MOST ? last : null;
}
