/** A student's attention, as far as a page knows of it: what the device shows and plays, and "are you there?". Loaded when the seat is taken. */

import { DeviceReports } from './device-report.js';
import { Here } from './views/here.js';

export class Attention {
  #watching;

  /**
   * @param {Page.Context} context
   * @param {import('./watching.js').Watching} watching
   */
  constructor(context, watching) {
    this.#watching = watching;
    const { stage } = watching;
    this.here = new Here(context);
    this.reports = new DeviceReports(context.classroom.hub, () => ({ hidden: document.hidden, stalled: watching.isStalled, silent: stage.isSilent }));
    for (const event of ['play', 'pause', 'volumechange']) stage.voice.addEventListener(event, () => this.reports.look());
    stage.element.after(this.here.element);
  }

  joined() {
    this.reports.joined();
  }

  /** @param {Wire.CheckIn | null} checkIn */
  render(checkIn) {
    this.reports.look();
    this.here.show(checkIn, this.#watching.isStalled);
  }
}
