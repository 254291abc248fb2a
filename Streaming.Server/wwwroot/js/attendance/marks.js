/** Small drawn signs of this page: of statuses, so that colour is never all that tells them apart, and of buttons. */

const PATHS = /** @type {const} */ ({
  onTime: 'M5 12.5l4.5 4.5L19 7',
  late: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 8v4.4l3 1.8',
  absent: 'M6 6l12 12M18 6L6 18',
  unknown: 'M8.5 9a3.5 3.5 0 1 1 5.2 3c-1.2.7-1.7 1.3-1.7 2.6M12 18.2h.01',
  expected: 'M6 12h.01M12 12h.01M18 12h.01',
  leftEarly: 'M13 5H7v14h6M11 12h9M17 8.5l3.5 3.5-3.5 3.5',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  list: 'M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  print: 'M7 9V4h10v5M7 17H4.5A1.5 1.5 0 0 1 3 15.5v-5A1.5 1.5 0 0 1 4.5 9h15a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 1-1.5 1.5H17M7 14h10v6H7z',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9',
  timeline: 'M4 6.5h9M8 12h12M4 17.5h6M14 17.5h6',
  close: 'M6 6l12 12M18 6L6 18',
});

/** @typedef {keyof typeof PATHS} MarkName */

/** @param {MarkName} name */
export function mark(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
