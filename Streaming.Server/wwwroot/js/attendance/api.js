/** The attendance of one class over HTTP. */

const ANSWER_LIMIT = 20_000;

/** The server refused (`code` is set), or did not answer (`code` is null). */
export class ApiError extends Error {
  /**
   * @param {string | null} code
   * @param {Record<string, string[]>} [errors] by line or by field
   */
  constructor(code, errors = {}) {
    super(code ?? 'no answer');
    this.code = code;
    this.errors = errors;
  }
}

export class AttendanceApi {
  #base;
  #ticket;

  /**
   * @param {string} classId
   * @param {string} ticket
   */
  constructor(classId, ticket) {
    this.#base = `/api/classes/${classId}/`;
    this.#ticket = ticket;
  }

  /** All lessons, the newest last. @returns {Promise<Attendance.LessonLine[]>} */
  async lessons() {
    const lessons = [];
    let after = 0;
    do {
      const page = await this.#json(`lessons?after=${after}`);
      lessons.push(...page.lessons);
      after = page.next ?? 0;
    } while (after);
    return lessons;
  }

  /** @param {number} lesson @returns {Promise<Attendance.Report>} */
  report(lesson) {
    return this.#json(`attendance/${lesson}`);
  }

  /** @returns {Promise<Attendance.Roll>} */
  roll() {
    return this.#json('roll');
  }

  /**
   * @param {Blob} list
   * @param {string} language of what is said about wrong lines
   * @returns {Promise<Attendance.Roll>}
   */
  sendRoll(list, language) {
    return this.#json(`roll?lang=${language}`, { method: 'PUT', headers: { 'Content-Type': 'text/csv' }, body: list });
  }

  async removeRoll() {
    await this.#call('roll', { method: 'DELETE' });
  }

  /** @returns {Promise<Attendance.Settings>} */
  settings() {
    return this.#json('settings');
  }

  /** @param {Record<string, number | null>} settings @returns {Promise<Attendance.Settings>} */
  saveSettings(settings) {
    return this.#json('settings', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(settings) });
  }

  /**
   * A lesson as a file, by the reader's clock and in their language.
   * @param {'csv' | 'xlsx'} format
   * @param {number} lesson
   * @param {string} language
   */
  async download(format, lesson, language) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || String(-new Date().getTimezoneOffset());
    const query = new URLSearchParams({ lesson: String(lesson), lang: language, tz: zone });
    const answer = await this.#call(`attendance.${format}?${query}`);
    const name = /filename=([^;]+)/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1]?.replaceAll('"', '') ?? `attendance.${format}`;
    return { name, file: await answer.blob() };
  }

  /**
   * @param {string} path
   * @param {RequestInit} [request]
   */
  async #json(path, request) {
    return (await this.#call(path, request)).json();
  }

  /**
   * @param {string} path
   * @param {RequestInit} [request]
   */
  async #call(path, request = {}) {
    let answer;
    try {
      answer = await fetch(this.#base + path, {
        ...request,
        headers: { ...request.headers, Authorization: `Bearer ${this.#ticket}` },
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_LIMIT),
      });
    } catch {
      throw new ApiError(null);
    }
    if (answer.ok) return answer;
    /** @type {Attendance.Problem | null} */
    const problem = await answer.json().catch(() => null);
    throw new ApiError(problem?.code ?? null, problem?.errors);
  }
}
