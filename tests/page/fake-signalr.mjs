/**
 * A SignalR whose servers answer when the test says so.
 * @param {(url: string) => Promise<void>} [start] whether a server can be reached
 * @param {'comes' | 'fails' | 'hangs'} [pack] what becomes of the script of the MessagePack part
 */
export function fakeLibrary(start = () => Promise.resolve(), pack = 'comes') {
  const made = [];
  class Connection {
    stopped = false;
    calls = [];
    #closed = [];
    /** Where and how it was to connect. */
    constructor(url, options) { Object.assign(this, { url, options }); }
    start() { return start(this.url); }
    stop() { this.stopped = true; this.#closed.forEach(act => act()); return Promise.resolve(); }
    onclose(act) { this.#closed.push(act); }
    handlers = {};
    on(name, act) { this.handlers[name] = act; }
    invoke(method, ...args) {
      return new Promise((resolve, reject) => this.calls.push({ method, args, resolve, reject }));
    }
  }
  class Builder {
    withUrl(url, options) { this.way = [url, options]; return this; }
    configureLogging() { return this; }
    withHubProtocol(protocol) { this.protocol = protocol.name; return this; }
    build() {
      made.push(Object.assign(new Connection(...this.way), { protocol: this.protocol ?? 'json' }));
      return made.at(-1);
    }
  }
  globalThis.window = { signalR: { HubConnectionBuilder: Builder, HttpTransportType: { WebSockets: 1 }, LogLevel: { None: 6 } } };
  globalThis.location = { origin: 'https://a.example' };
  globalThis.document = { querySelector: () => null, createElement: () => Object.assign(new EventTarget(), { dataset: {} }), head: { append } };

  /** As a browser would run the script that the page adds. */
  function append(script) {
    made.asked = [...made.asked ?? [], script.src];
    if (pack === 'hangs') return;
    if (pack === 'comes') globalThis.window.signalR.protocols = { msgpack: { MessagePackHubProtocol: class { name = 'messagepack'; } } };
    queueMicrotask(() => script.dispatchEvent(new Event(pack === 'comes' ? 'load' : 'error')));
  }
  return made;
}

/** Lets everything that waits for nothing but its turn happen, also on a machine that is slow between two timers. */
export async function settle() {
  for (let turn = 0; turn < 4; turn++) await new Promise(resolve => setTimeout(resolve, 2));
}
