// A server stream that is kept open: reopened with growing waits, and always saying how old its last word is.
import { failureOf, kNotSignedIn, type Failure } from './failure';
import { backoffMs, wait } from './backoff';

export type StreamState = 'connecting' | 'open' | 'lost';

export class KeptStream {
  state = $state<StreamState>('connecting');
  since = $state(Date.now()); // of the present state
  last_message_at = $state(0); // this machine's clock; 0 = none yet
  failure = $state.raw<Failure | null>(null);
  #abort: AbortController | null = null;

  // open: starts the stream. heard: takes each message. Ends by stop(), or when the session has ended. silence_ms: a line
  // that says nothing for so long is dead, though nobody closed it; 0 = silence is allowed.
  async run<T>(open: (signal: AbortSignal) => AsyncIterable<T>, heard: (message: T) => void, signed_out: () => void, silence_ms = 0): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    let failed_tries = 0;
    while (!abort.signal.aborted) {
      const line = new AbortController();
      const hangUp = () => line.abort();
      abort.signal.addEventListener('abort', hangUp);
      let silence: ReturnType<typeof setTimeout> | undefined;
      const listen = () => {
        clearTimeout(silence);
        if (silence_ms > 0) silence = setTimeout(hangUp, silence_ms);
      };
      try {
        listen();
        for await (const message of open(line.signal)) {
          listen();
          failed_tries = 0;
          this.last_message_at = Date.now();
          this.#become('open');
          heard(message);
        }
      } catch (error) {
        if (abort.signal.aborted) return;
        this.failure = failureOf(error);
        if (this.failure.code === kNotSignedIn) {
          signed_out();
          return;
        }
      } finally {
        clearTimeout(silence);
        abort.signal.removeEventListener('abort', hangUp);
      }
      if (abort.signal.aborted) return;
      this.#become('lost');
      await wait(backoffMs(failed_tries++), abort.signal);
    }
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
  }

  #become(state: StreamState): void {
    if (state === 'open') this.failure = null;
    if (this.state === state) return;
    this.state = state;
    this.since = Date.now();
  }
}
