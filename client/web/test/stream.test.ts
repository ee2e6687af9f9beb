import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptStream } from '../src/shared/stream.svelte';

// A line that speaks once and then neither speaks nor closes, as when a cable is pulled.
async function* silent(signal: AbortSignal) {
  yield 1;
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a kept stream', () => {
  it('takes silence for a dead line, and opens another', async () => {
    const stream = new KeptStream();
    let opened = 0;
    void stream.run((signal) => (opened++, silent(signal)), () => {}, () => {}, 16_000);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(stream.state).toBe('open');
    await vi.advanceTimersByTimeAsync(1_100);
    expect(stream.state).toBe('lost');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(opened).toBe(2);
    expect(stream.state).toBe('open');
    stream.stop();
  });

  it('may be silent where silence is allowed', async () => {
    const stream = new KeptStream();
    void stream.run(silent, () => {}, () => {});
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stream.state).toBe('open');
    stream.stop();
  });
});
