/** What travels between the page and the hub: the records of Streaming.Contracts as they are written in JSON. */
declare namespace Wire {
  type Role = 'teacher' | 'student' | 'inspector';
  type TrackSource = 'voice' | 'camera' | 'screen';
  type LessonPhase = 'waiting' | 'live' | 'ended';
  type LinkQuality = 'good' | 'fair' | 'bad' | 'lost';

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

  interface ClassroomSnapshot {
    version: number;
    class: string;
    lesson: Lesson;
    seats: Seat[];
    chat: ChatLine[];
  }

  interface ClassroomChange {
    version: number;
    seats?: Seat[];
    gone?: string[];
    lesson?: Lesson;
  }

  interface JoinReply {
    me: Identity;
    server: string;
    classroom: ClassroomSnapshot;
  }

  interface MediaAnswer {
    sdp: string;
    session: string;
  }

  interface ViewerQuality {
    member: string;
    quality: LinkQuality;
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
    RaiseHand(): void;
    LowerHand(member: string | null): void;
    Say(text: string): void;
  }
}
