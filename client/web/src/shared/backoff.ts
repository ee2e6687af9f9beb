// Waits between reconnects: doubling to a cap, with jitter so that many pages do not return at once.
export function backoffMs(failed_tries: number, random: () => number = Math.random): number {
  const cap = Math.min(15000, 500 * 2 ** Math.min(failed_tries, 6));
  return cap / 2 + (cap / 2) * random();
}

export function wait(delay_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, delay_ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
  });
}
