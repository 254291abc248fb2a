/** A SignalR whose servers answer when the test says so. */
export function fakeLibrary() {
  const made = [];
  class Connection {
    stopped = false;
    calls = [];
    #closed = [];
    start() { return Promise.resolve(); }
    stop() { this.stopped = true; this.#closed.forEach(act => act()); return Promise.resolve(); }
    onclose(act) { this.#closed.push(act); }
    handlers = {};
    on(name, act) { this.handlers[name] = act; }
    invoke(method) {
      return new Promise((resolve, reject) => this.calls.push({ method, resolve, reject }));
    }
  }
  class Builder {
    withUrl() { return this; }
    configureLogging() { return this; }
    build() { made.push(new Connection()); return made.at(-1); }
  }
  globalThis.window = { signalR: { HubConnectionBuilder: Builder, HttpTransportType: { WebSockets: 1 }, LogLevel: { None: 6 } } };
  globalThis.document = { querySelector: () => null };
  return made;
}

/** Lets everything that waits for nothing but its turn happen. */
export const settle = () => new Promise(resolve => setTimeout(resolve, 5));
