/**
 * How the lesson is encoded: one table, and which layers of it are wanted.
 *
 * The camera goes out as up to three pictures at once, the smallest first: the server gives each student the one that fits. VP8, with three temporal
 * layers each, so that a frame rate can be halved twice without asking anybody.
 */

/**
 * The camera's layers by the size of its picture: how many times smaller each is, bit/s and frames/s. Chromium sends three layers from 960 × 540 pixels
 * on, two from 480 × 270 and else one, and leaves out the last ones: so the first layers of a small camera have to be all that there is of it.
 * @type {readonly { pixels: number, layers: readonly (readonly [number, number, number])[] }[]}
 */
const CAMERA = [
  { pixels: 960 * 540, layers: [[4, 100_000, 15], [2, 350_000, 30], [1, 1_500_000, 30]] },
  { pixels: 480 * 270, layers: [[2, 150_000, 15], [1, 600_000, 30]] },
  { pixels: 0, layers: [[1, 400_000, 30]] },
];

/** The names of the camera's layers in the offer. */
const RIDS = ['l', 'm', 'h'];

const TEMPORAL_LAYERS = 'L1T3';

/** @type {Record<'voice' | 'screen', RTCRtpEncodingParameters>} */
const SINGLE = {
  voice: { priority: 'high', networkPriority: 'high' },   // its rate is the answer's to say
  screen: { maxBitrate: 1_500_000, maxFramerate: 15 },
};

/**
 * What gives way when the uplink is narrow or the picture hard to encode. A screen keeps its pixels, or nobody can read it; the camera keeps moving: a
 * compromise between the two ('balanced') shows the smallest picture seven times a second. Of its layers the upper ones go first.
 * @type {Partial<Record<Wire.TrackSource, string>>}
 */
const PREFERENCES = { camera: 'maintain-framerate', screen: 'maintain-resolution' };

/**
 * How a source is to be encoded.
 * @param {Wire.TrackSource} source
 * @param {{ width?: number, height?: number }} size of its picture, in pixels; of an unknown one three layers are made
 * @param {number} topLayer the largest layer that is wanted, 0 for the smallest; −1 when nothing of it is
 * @param {number} count how many encodings the slot has: one, where the other end takes no simulcast
 * @returns {RTCRtpEncodingParameters[]} the smallest first
 */
export function encodingsOf(source, { width, height }, topLayer, count = source === 'camera' ? RIDS.length : 1) {
  if (source !== 'camera') return [{ ...SINGLE[source], active: topLayer >= 0 }];
  const pixels = width && height ? width * height : Infinity;
  const fitting = CAMERA.find(size => pixels >= size.pixels)?.layers ?? [];
  const layers = count === 1 ? fitting.slice(-1) : fitting;
  return RIDS.slice(0, count).map((rid, layer) => {
    const [scaleResolutionDownBy, maxBitrate, maxFramerate] = layers[layer] ?? [1, 100_000, 30];
    return { rid, scaleResolutionDownBy, maxBitrate, maxFramerate, active: layer <= topLayer && layer < layers.length };
  });
}

/**
 * Adds the slot of a source to a connection that is not negotiated yet.
 * @param {RTCPeerConnection} pc
 * @param {Wire.TrackSource} source
 * @param {MediaStreamTrack | null} track
 * @param {number} topLayer
 */
export function addSlot(pc, source, track, topLayer) {
  const kind = track ?? (source === 'voice' ? 'audio' : 'video');
  const encodings = encodingsOf(source, track?.getSettings() ?? {}, topLayer);
  const add = (/** @type {RTCRtpEncodingParameters[]} */ sendEncodings) => pc.addTransceiver(kind, { direction: 'sendonly', sendEncodings });
  if (source !== 'camera') return add(encodings);
  try {
    return add(encodings.map(encoding => /** @type {RTCRtpEncodingParameters} */ ({ ...encoding, scalabilityMode: TEMPORAL_LAYERS })));
  } catch {
    return add(encodings);  // a browser that knows of no such mode
  }
}

/**
 * Lets a sender do what is wanted. Nothing is set that is set already: that could cost a key frame.
 * @param {RTCRtpSender} sender
 * @param {Wire.TrackSource} source
 * @param {number} topLayer
 */
export async function settle(sender, source, topLayer) {
  const parameters = sender.getParameters();
  const preference = PREFERENCES[source];
  const goal = encodingsOf(source, sender.track?.getSettings() ?? {}, topLayer, parameters.encodings.length);
  const next = parameters.encodings.map((present, layer) => {
    const { rid, ...wanted } = goal[layer] ?? {};   // a name is given once, and a single stream has none
    return { ...present, ...wanted };
  });
  const isSettled = same(parameters.encodings, next) && (!preference || Reflect.get(parameters, 'degradationPreference') === preference);
  if (isSettled) return;
  parameters.encodings = next;
  if (preference) Object.assign(parameters, { degradationPreference: preference });
  // A sender that was stopped meanwhile is none of ours any more.
  await sender.setParameters(parameters).catch(() => {});
}

/**
 * @param {readonly RTCRtpEncodingParameters[]} present
 * @param {readonly RTCRtpEncodingParameters[]} next
 */
function same(present, next) {
  return next.every((encoding, layer) => Object.entries(encoding).every(([name, value]) => Reflect.get(present[layer] ?? {}, name) === value));
}
