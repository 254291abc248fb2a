/** What travels between the page and the hub: the records of Streaming.Contracts as both protocols bring them. */
declare namespace Wire {
  type Role = 'teacher' | 'student' | 'inspector';
  type TrackSource = 'voice' | 'camera' | 'screen';
  type LessonPhase = 'waiting' | 'live' | 'ended';
  type LinkQuality = 'good' | 'fair' | 'bad' | 'lost';
  type PresenceState = 'present' | 'unstable' | 'away' | 'left';
  type CheckInState = 'waiting' | 'answered' | 'missed' | 'unreached';

  /** From the least to the most. */
  type Rung = 'text' | 'sound' | 'slides' | 'picture';

  interface Identity {
    member: string;
    name: string;
    role: Role;
    class: string;
  }

  interface Seat {
    member: string;
    name: string;
    role: Role;
    /** UTC, ISO 8601; left out while the hand is down. */
    handRaisedAt?: string;
  }

  interface Lesson {
    phase: LessonPhase;
    startedAt?: string;
    endedAt?: string;
    sources: TrackSource[];
  }

  interface ChatLine {
    id: number;
    member: string;
    name: string;
    role: Role;
    text: string;
    at: string;
  }

  /** To be fetched at `/api/classes/{class}/stills/{hash}`. */
  interface Still {
    hash: string;
    width: number;
    height: number;
    bytes: number;
  }

  /** To the page that sends the lesson: what is larger than this layer of its camera nobody sees. */
  interface LayersWanted {
    session: string;
    top: number;
  }

  interface ClassroomSnapshot {
    version: number;
    class: string;
    lesson: Lesson;
    seats: Seat[];
    chat: ChatLine[];
    /** The open one; left out while none is. */
    checkIn?: CheckIn;
    /** The newest of the screen; left out while none is shared, or none has come. */
    still?: Still;
  }

  interface ClassroomChange {
    version: number;
    seats?: Seat[];
    /** Applied before `seats`. */
    gone?: string[];
    lesson?: Lesson;
    /** Opened or closed. */
    checkIn?: CheckIn;
    /** A new one; a lesson without the screen among its sources ends the former. */
    still?: Still;
  }

  interface JoinReply {
    me: Identity;
    server: string;
    classroom: ClassroomSnapshot;
    /** The addresses of the city's other servers; left out where there is one only. */
    nodes?: string[];
    /** Relays, with credentials for some hours; left out where there is none. */
    iceServers?: IceServer[];
  }

  interface IceServer {
    urls: string[];
    username: string;
    credential: string;
  }

  interface MediaAnswer {
    sdp: string;
    session: string;
  }

  interface ViewerQuality {
    member: string;
    quality: LinkQuality;
  }

  interface MemberPresence {
    member: string;
    name: string;
    state: PresenceState;
    /** UTC, ISO 8601. */
    since: string;
  }

  interface CheckIn {
    id: number;
    /** UTC, ISO 8601. */
    askedAt: string;
    /** Each student's time to answer; time without a connection or with a stalled lesson does not count. */
    seconds: number;
    isOpen: boolean;
  }

  interface CheckInProgress {
    id: number;
    answers: { member: string; state: CheckInState }[];
  }

  interface DeviceReport {
    hidden: boolean;
    stalled: boolean;
    silent: boolean;
  }

  /** The hub's methods by their names on the wire: arguments and reply. */
  interface Calls {
    Join(request: { device: string }): JoinReply;
    Leave(): void;
    Snapshot(): ClassroomSnapshot;
    StartLesson(): void;
    EndLesson(): void;
    Publish(offer: { sdp: string }): MediaAnswer;
    SetSources(sources: TrackSource[]): void;
    Watch(offer: { sdp: string }): MediaAnswer;
    LimitRung(highest: Rung): void;
    RaiseHand(): void;
    LowerHand(member: string | null): void;
    Say(text: string): void;
    Report(report: DeviceReport): void;
    AskCheckIn(seconds: number | null): CheckIn;
    CloseCheckIn(): void;
    AnswerCheckIn(id: number): void;
  }
}
