/** The callbacks of a signal, and its one listener that calls them. */
interface SharedListener {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const sharedListeners = new WeakMap<AbortSignal, SharedListener>();

/**
 * Calls back when a signal aborts. All callbacks of a signal share one listener: Node warns of a leak when a signal has more
 * than ten, which happens when a caller gives one signal to many requests.
 *
 * @param callback - A function that no other call is given.
 * @returns a function that cancels.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = sharedListeners.get(signal) ?? listenTo(signal);
  callbacks.add(callback);
  return () => {
    // A second cancel must not end what later callbacks of the signal share.
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener("abort", listener);
    sharedListeners.delete(signal);
  };
}

function listenTo(signal: AbortSignal): SharedListener {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  const shared = { callbacks, listener };
  sharedListeners.set(signal, shared);
  signal.addEventListener("abort", listener, { once: true });
  return shared;
}
