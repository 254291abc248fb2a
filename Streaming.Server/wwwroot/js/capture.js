/**
 * The teacher's camera, microphone and screen: opened, changed, released.
 *
 * @typedef {'camera' | 'microphone'} DeviceKind
 * @typedef {'denied' | 'missing' | 'occupied' | 'insecure' | 'failed'} CaptureTrouble
 *
 * @typedef {object} CaptureEvents
 * @property {() => void} devices the list of devices changed
 * @property {(source: Wire.TrackSource) => void} ended a track ended by itself: unplugged, or stopped in the browser's own bar
 */

const KINDS = /** @type {const} */ ({ camera: 'videoinput', microphone: 'audioinput' });
const REMEMBERED = 'streaming.devices';

/** Why something could not be opened. */
export class CaptureError extends Error {
  /** @param {CaptureTrouble} trouble */
  constructor(trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

export class Capture {
  /** @type {Record<Wire.TrackSource, MediaStreamTrack | null>} */
  tracks = { voice: null, camera: null, screen: null };
  /** @type {Record<DeviceKind, MediaDeviceInfo[]>} */
  devices = { camera: [], microphone: [] };
  /** Ids of the chosen devices; '' leaves it to the browser. */
  chosen = rememberedDevices();

  #events;

  /** @param {CaptureEvents} events */
  constructor(events) {
    this.#events = events;
    navigator.mediaDevices?.addEventListener?.('devicechange', () => void this.list());
  }

  /** Whether this browser can share a screen; phones cannot. */
  get canShareScreen() {
    return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  }

  /**
   * Opens what is wanted; one missing device does not keep the other from opening.
   * @param {readonly Wire.TrackSource[]} sources
   * @returns {Promise<Partial<Record<Wire.TrackSource, CaptureTrouble>>>} what could not be opened, and why
   */
  async open(sources) {
    const wanted = sources.filter(source => source !== 'screen' && !alive(this.tracks[source]));
    /** @type {Partial<Record<Wire.TrackSource, CaptureTrouble>>} */
    const troubles = {};
    try {
      // One question to the user for both.
      if (wanted.length > 0) await this.#take(wanted);
    } catch (failure) {
      for (const source of wanted) {
        try {
          if (wanted.length === 1) throw failure;
          await this.#take([source]);
        } catch (single) {
          troubles[source] = troubleOf(single);
        }
      }
    }
    await this.list();
    return troubles;
  }

  /**
   * Remembers the device of a kind, for the next time that one is opened.
   * @param {DeviceKind} kind
   * @param {string} id
   */
  prefer(kind, id) {
    this.chosen[kind] = id;
    try {
      localStorage.setItem(REMEMBERED, JSON.stringify(this.chosen));
    } catch {
      // Storage may be forbidden; then the choice ends with the page.
    }
  }

  /**
   * Opens another device in place of the present one, which stays when the other does not open.
   * @param {DeviceKind} kind
   * @param {string} id
   * @throws {CaptureError}
   */
  async choose(kind, id) {
    const source = kind === 'camera' ? 'camera' : 'voice';
    const former = this.chosen[kind];
    const open = this.tracks[source];
    this.prefer(kind, id);
    try {
      await this.#take([source]).catch(failure => {
        // Many phones open one camera at a time: the present one has to make room.
        if (!open || troubleOf(failure) !== 'occupied') throw failure;
        this.close(source);
        return this.#take([source]);
      });
    } catch (failure) {
      this.prefer(kind, former);
      if (open && !alive(this.tracks[source])) await this.#take([source]).catch(() => {});
      throw new CaptureError(troubleOf(failure));
    }
  }

  /**
   * Asks which screen to share. Needs a tap, by the browsers' rule.
   * @throws {CaptureError} also when the user closes the question ('denied')
   */
  async shareScreen() {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { width: { max: 1920 }, height: { max: 1080 }, frameRate: { ideal: 10, max: 15 } },
        audio: false,
      });
      const track = stream.getVideoTracks()[0];
      if (track) this.#keep('screen', track);
    } catch (failure) {
      throw new CaptureError(troubleOf(failure));
    }
  }

  /** @param {Wire.TrackSource} source */
  close(source) {
    const track = this.tracks[source];
    this.tracks[source] = null;
    track?.stop();
  }

  closeAll() {
    for (const source of /** @type {const} */ (['voice', 'camera', 'screen'])) this.close(source);
  }

  /** Reads the list of devices; they have names only after a permission. */
  async list() {
    const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? [];
    const named = all.filter(device => device.deviceId !== '');
    for (const kind of /** @type {const} */ (['camera', 'microphone'])) {
      this.devices[kind] = named.filter(device => device.kind === KINDS[kind]);
    }
    this.#events.devices();
  }

  /** @param {readonly Wire.TrackSource[]} sources */
  async #take(sources) {
    if (!navigator.mediaDevices?.getUserMedia) throw new CaptureError('insecure');
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: sources.includes('voice') && {
        ...this.#device('microphone'), echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 },
      },
      video: sources.includes('camera') && {
        ...this.#device('camera'), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 },
      },
    });
    for (const track of stream.getTracks()) this.#keep(track.kind === 'audio' ? 'voice' : 'camera', track);
  }

  /**
   * Ideal, not exact: a camera that is not plugged in today must not keep the lesson from starting.
   * @param {DeviceKind} kind
   */
  #device(kind) {
    return this.chosen[kind] ? { deviceId: { ideal: this.chosen[kind] } } : {};
  }

  /**
   * @param {Wire.TrackSource} source
   * @param {MediaStreamTrack} track
   */
  #keep(source, track) {
    this.close(source);
    if (source !== 'voice') track.contentHint = source === 'screen' ? 'detail' : 'motion';
    this.tracks[source] = track;
    track.addEventListener('ended', () => {
      if (this.tracks[source] !== track) return;
      this.tracks[source] = null;
      this.#events.ended(source);
    });
  }
}

/** @param {MediaStreamTrack | null} track */
function alive(track) {
  return track?.readyState === 'live';
}

/**
 * @param {unknown} failure
 * @returns {CaptureTrouble}
 */
function troubleOf(failure) {
  if (failure instanceof CaptureError) return failure.trouble;
  switch (failure instanceof DOMException ? failure.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'AbortError': return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError': return 'missing';
    case 'NotReadableError': return 'occupied';
    default: return 'failed';
  }
}

/** @returns {Record<DeviceKind, string>} */
function rememberedDevices() {
  try {
    return { camera: '', microphone: '', ...JSON.parse(localStorage.getItem(REMEMBERED) ?? '{}') };
  } catch {
    return { camera: '', microphone: '' };
  }
}
