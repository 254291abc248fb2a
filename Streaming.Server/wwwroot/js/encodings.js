/**
 * How the lesson is encoded: one table, and which layers of it are wanted.
 */

/**
 * The camera goes out as three pictures at once, the smallest first: the server gives each student the one that fits. VP8, with three temporal
 * layers each, so that a frame rate can be halved twice without asking anybody.
 * @type {readonly RTCRtpEncodingParameters[]}
 */
const CAMERA = [
  { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 100_000, maxFramerate: 15 },
  { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 350_000, maxFramerate: 30 },
  { rid: 'h', scaleResolutionDownBy: 1, maxBitrate: 1_500_000, maxFramerate: 30 },
];

/** Every camera layer's frames, in base and enhancement; a browser that does not know the mode sends one layer. */
const TEMPORAL_LAYERS = 'L1T3';

/** @type {Record<Wire.TrackSource, readonly RTCRtpEncodingParameters[]>} */
export const ENCODINGS = {
  voice: [{ priority: 'high', networkPriority: 'high', maxBitrate: 40_000 }],
  camera: CAMERA,
  screen: [{ maxBitrate: 1_500_000, maxFramerate: 15 }],
};

/**
 * What gives way when the uplink is narrow. A screen keeps its pixels, or nobody can read it; of the camera the upper layers go first.
 * @type {Partial<Record<Wire.TrackSource, string>>}
 */
const PREFERENCES = { camera: 'balanced', screen: 'maintain-resolution' };

/**
 * Adds the slot of a source to a connection that is not negotiated yet.
 * @param {RTCPeerConnection} pc
 * @param {Wire.TrackSource} source
 * @param {MediaStreamTrack | null} track
 * @param {number} topLayer the largest layer that is wanted; see {@link wanted}
 */
export function addSlot(pc, source, track, topLayer) {
  const kind = track ?? (source === 'voice' ? 'audio' : 'video');
  const encodings = wanted(ENCODINGS[source], topLayer);
  const add = (/** @type {RTCRtpEncodingParameters[]} */ sendEncodings) => pc.addTransceiver(kind, { direction: 'sendonly', sendEncodings });
  if (source !== 'camera') return add(encodings);
  try {
    return add(encodings.map(encoding => /** @type {RTCRtpEncodingParameters} */ ({ ...encoding, scalabilityMode: TEMPORAL_LAYERS })));
  } catch {
    return add(encodings);
  }
}

/**
 * The encodings of which those up to a layer are sent and the others are not.
 * @template {RTCRtpEncodingParameters} T
 * @param {readonly T[]} encodings the smallest first
 * @param {number} topLayer 0 for the smallest; −1 when nothing of it is wanted
 * @returns {T[]}
 */
export function wanted(encodings, topLayer) {
  return encodings.map((encoding, layer) => ({ ...encoding, active: layer <= topLayer }));
}

/**
 * Lets a sender do what is wanted. Nothing is set that is set already: that could cost a key frame.
 * @param {RTCRtpSender} sender
 * @param {Wire.TrackSource} source
 * @param {number} topLayer the largest layer that is wanted; see {@link wanted}
 */
export async function settle(sender, source, topLayer) {
  const parameters = sender.getParameters();
  const preference = PREFERENCES[source];
  const isSettled = parameters.encodings.every((encoding, layer) => (encoding.active ?? true) === (layer <= topLayer))
    && (!preference || Reflect.get(parameters, 'degradationPreference') === preference);
  if (isSettled) return;
  parameters.encodings = wanted(parameters.encodings, topLayer);
  if (preference) Object.assign(parameters, { degradationPreference: preference });
  // A sender that was stopped meanwhile is none of ours any more.
  await sender.setParameters(parameters).catch(() => {});
}
