/** How the page's parts meet. */
declare namespace Page {
  /** What a face is given. */
  interface Context {
    classId: string;
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
