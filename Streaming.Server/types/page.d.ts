/** How the page's parts meet. */
declare namespace Page {
  /** What the page reads early in its ticket, to draw the right face; the hub decides. */
  interface TicketClaims {
    role: Wire.Role | null;
    class: string | null;
    /** ms since 1970 */
    expires: number | null;
  }

  /** What opens a seat. */
  interface SeatKey {
    ticket: string;
    /** The tab's name. */
    device: string;
    /** ms since 1970; null when the ticket does not say */
    expires: number | null;
  }

  /** A watcher's connection and the offer that it makes. */
  interface OfferedWatch {
    pc: RTCPeerConnection;
    offer: Promise<string>;
  }

  /** The connection that the page began with. */
  interface FirstWatch extends OfferedWatch {
    /** There since the offer is. */
    pc: RTCPeerConnection;
    /** The session's name, once the answer is in force; rejects when the door stays closed. */
    session: Promise<string>;
    /** The first of the voice is there. */
    sound: Promise<void>;
    /** The first picture is there. */
    picture: Promise<void>;
  }

  /** What the page's opening leaves to the rest of the page. */
  interface Opening {
    /** Empty when the address names no class. */
    classId: string;
    ticket: string | null;
    claims: TicketClaims;
    readonly device: string;
    /** The connection that was begun, whoever has it now. */
    begun: FirstWatch | null;
    connect(iceServers?: Wire.IceServer[]): OfferedWatch;
    takeFirstWatch(): FirstWatch | null;
    /** Lets the page be painted. */
    show(): void;
    /** What the tab remembers; null where it may not. */
    memory<T>(act: (storage: Storage) => T): T | null;
  }

  /** What brings the rest of the page. */
  interface Loading {
    /** The page's styles are there, or are not to be had. */
    styled: Promise<void>;
    reload(): void;
    /** The modules run, and fit each other. */
    running(): void;
  }

  /** What a face is given. */
  interface Context {
    classId: string;
    opening: Opening;
    classroom: import('../wwwroot/js/classroom.js').Classroom;
    /** Asks for a new rendering soon. */
    changed(): void;
    alert(text: import('../wwwroot/js/i18n.js').TextKey): void;
    leave(): void;
  }

  /** The page of one role. */
  interface Face {
    readonly element: HTMLElement;
    /** Join is on its way. */
    joining(): void;
    /** The seat was taken (again). */
    joined(sameServer: boolean): void;
    mediaClosed(session: string): void;
    /** The page is in sight again. */
    shown(): void;
    /** The device may have come into another network. */
    moved?(): void;
    render(): void;
    /** Once a second. */
    tick(): void;
    /** Lets go of all media. */
    close(): void;
    /** The user wants the seat back. */
    takeOver?(): void;
    peerConnections(): { watch: RTCPeerConnection | null; publish: RTCPeerConnection | null };
  }
}
