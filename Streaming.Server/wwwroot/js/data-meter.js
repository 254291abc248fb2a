/** How many bytes a lesson has taken in this tab: those of its connections, and those of its stills. */

/** @param {number} bytes @returns {string} megabytes, with a digit behind the point while there are few */
export function megabytes(bytes) {
  const mega = bytes / 1e6;
  return mega < 9.95 ? mega.toFixed(1) : mega.toFixed(0);
}

/** Adds up counters that begin anew with every connection. Pure. */
export class DataMeter {
  #former;
  #present = 0;
  /** @type {object | null} */
  #connection = null;

  /** @param {number} [former] what this tab had taken before */
  constructor(former = 0) {
    this.#former = former;
  }

  get bytes() {
    return this.#former + this.#present;
  }

  /** @param {number} bytes that came beside any connection */
  add(bytes) {
    this.#former += bytes;
  }

  /**
   * @param {object} connection
   * @param {number} bytes received by it since it was opened
   */
  count(connection, bytes) {
    if (connection !== this.#connection) {
      this.#former += this.#present;
      this.#present = 0;
      this.#connection = connection;
    }
    this.#present = Math.max(this.#present, bytes);
  }
}

/**
 * What a connection has received, headers and all.
 * @param {RTCPeerConnection} pc
 */
export async function receivedBy(pc) {
  let bytes = 0;
  (await pc.getStats()).forEach(report => {
    if (report.type === 'transport') bytes += report.bytesReceived ?? 0;
  });
  return bytes;
}
