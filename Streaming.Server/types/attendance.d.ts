/** What travels between the attendance page and the server: the records of Streaming.Server/Attendance as they are written in JSON. */
declare namespace Attendance {
  type Status = 'onTime' | 'late' | 'absent' | 'unknown' | 'expected';
  type Kind = 'picture' | 'slides' | 'sound' | 'text' | 'connected' | 'stalled' | 'unknown';

  /** UTC, ISO 8601. */
  type Time = string;

  interface Span {
    from: Time;
    to: Time;
    kind: Kind;
  }

  interface Member {
    member: string;
    name?: string;
    status: Status;
    /** Left out for a class without a roll. */
    onRoll?: boolean;
    leftEarly: boolean;
    isHere: boolean;
    firstIn?: Time;
    lastOut?: Time;
    seconds: Record<'present' | Kind, number>;
    drops: number;
    checkIns: { asked: number, answered: number, missed: number, unreached: number };
    spans: Span[];
  }

  interface Totals extends Record<Status, number> {
    students: number;
    guests: number;
    leftEarly: number;
    here: number;
    medianSeconds?: number;
  }

  interface LessonLine {
    sequence: number;
    startedAt: Time;
    endedAt?: Time;
    totals: Totals;
  }

  interface Report extends LessonLine {
    class: string;
    until: Time;
    lateAfterSeconds: number;
    earlyBeforeSeconds: number;
    gaps: { from: Time, to: Time }[];
    members: Member[];
  }

  interface Roll {
    students: { member: string, name: string }[];
    updatedAt?: Time;
  }

  interface Choices {
    lateAfterMinutes?: number;
    earlyBeforeMinutes?: number;
    retentionDays?: number;
  }

  interface Settings extends Choices {
    defaults: Required<Choices>;
  }

  interface Problem {
    code: string;
    detail?: string;
    /** By line of a list, or by field. */
    errors?: Record<string, string[]>;
  }
}
