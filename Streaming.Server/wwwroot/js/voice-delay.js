/**
 * How long the lesson waits for what is sent again. The server sends lost words a second time, which takes a round trip; a browser by itself would
 * not wait for them. Where nothing is lost, nothing waits.
 */

/** Losses that count; ms. */
const LOOK_BACK = 20_000;

/** So many within that time are no accident. */
const NOTICED = 2;

/** How long a link has to lose nothing before the sound comes sooner again; ms. */
const CALM = 60_000;

/** Until a loss is known and the word is found again, beside the round trip; ms. */
const REACTION = 250;

const LONGEST = 1_500;

/** Decides by what a connection counts. Pure. */
export class VoiceDelay {
  /** @type {{ at: number, lost: number }[]} */
  #counts = [];
  #noticed = -Infinity;
  #delay = 0;

  /**
   * @param {number} now ms
   * @param {number} lost packets of voice that have not come since the connection was opened
   * @param {number} roundTrip seconds; 0 when it is not known
   * @returns {number} how long the sound is to wait at least, in ms; 0 for as short as it goes
   */
  next(now, lost, roundTrip) {
    if (this.#counts.some(count => count.lost > lost)) this.#counts = [];   // another connection, or late ones
    this.#counts = [...this.#counts.filter(count => now - count.at <= LOOK_BACK), { at: now, lost }];
    if (lost - (this.#counts[0]?.lost ?? lost) >= NOTICED) {
      this.#noticed = now;
      this.#delay = Math.max(this.#delay, Math.min(LONGEST, Math.round(roundTrip * 1_500 + REACTION)));
    } else if (now - this.#noticed > CALM) {
      this.#delay = 0;
    }
    return this.#delay;
  }
}

/**
 * Lets what a connection plays wait as long as its link asks.
 * @param {RTCPeerConnection} pc
 * @param {VoiceDelay} delay
 */
export async function settleDelay(pc, delay) {
  const receivers = pc.getReceivers();
  if (receivers.length === 0 || !('jitterBufferTarget' in RTCRtpReceiver.prototype)) return;
  let lost = -1, roundTrip = 0;
  (await pc.getStats()).forEach(report => {
    if (report.type === 'inbound-rtp' && report.kind === 'audio') lost = report.packetsLost ?? -1;
    if (report.type === 'candidate-pair' && report.nominated) roundTrip = Math.max(roundTrip, report.currentRoundTripTime ?? 0);
  });
  if (lost < 0) return;
  const wanted = delay.next(performance.now(), lost, roundTrip) || null;
  // Pictures would wait for the sound by themselves, but come to it step by step, and stand still at each loss until then.
  for (const receiver of receivers) {
    if (receiver.jitterBufferTarget !== wanted) receiver.jitterBufferTarget = wanted;
  }
}
