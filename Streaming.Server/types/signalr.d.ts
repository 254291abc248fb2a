/** The part of the SignalR browser client (UMD, global `signalR`, with its MessagePack part in `protocols`) that the page uses. */
declare namespace SignalR {
  interface Connection {
    readonly state: string;
    serverTimeoutInMilliseconds: number;
    start(): Promise<void>;
    stop(): Promise<void>;
    invoke(method: string, ...args: unknown[]): Promise<unknown>;
    on(method: string, handler: (...args: any[]) => void): void;
    onclose(handler: (error?: Error) => void): void;
  }

  interface ConnectionOptions {
    accessTokenFactory?: () => string;
    skipNegotiation?: boolean;
    withCredentials?: boolean;
    transport?: number;
  }

  interface Builder {
    withUrl(url: string, options: ConnectionOptions): Builder;
    configureLogging(level: number): Builder;
    withHubProtocol(protocol: object): Builder;
    build(): Connection;
  }

  interface Library {
    HubConnectionBuilder: new () => Builder;
    HttpTransportType: { WebSockets: number; ServerSentEvents: number; LongPolling: number };
    LogLevel: { Critical: number; None: number };
    /** There when the MessagePack part has come. */
    protocols?: { msgpack?: { MessagePackHubProtocol: new () => object } };
  }
}

interface Window {
  signalR?: SignalR.Library;
  /** For tests and for a look from the console; the page itself never reads it. */
  streamingOpening?: Page.Opening;
  streamingLoading?: Page.Loading;
  streamingDebug?: {
    peerConnections(): { watch: RTCPeerConnection | null; publish: RTCPeerConnection | null };
    state(): unknown;
  };
}
