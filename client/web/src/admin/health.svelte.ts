// The network's health as last read, and how old that is. Numbers of an old reading stay, marked as old.
import { client } from '../shared/rpc';
import { failureOf, kNotSignedIn, type Failure } from '../shared/failure';
import { KeptStream } from '../shared/stream.svelte';
import { page_clock } from '../shared/clock.svelte';
import { session } from '../shared/session.svelte';
import { ms } from '../shared/time';
import { AdministrationService, type GetNetworkHealthResponse } from '../gen/ecg/v1/administration_pb';
import { EventService } from '../gen/ecg/v1/events_pb';

export const service = client(AdministrationService);
const events = client(EventService);
const kPollMs = 5000;
const kSilenceMs = 25_000; // the center says something each 10 s
const kAfterEventMs = 400;
export const kAmberMs = 15_000;
export const kStaleMs = 60_000;

class Health {
  data = $state.raw<GetNetworkHealthResponse | null>(null);
  as_of = $state(0); // server clock
  failure = $state.raw<Failure | null>(null);
  readonly stream = new KeptStream();
  #poll: ReturnType<typeof setInterval> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #loading = false;

  get age_ms(): number {
    return this.as_of ? Math.max(0, page_clock.now - this.as_of) : Infinity;
  }
  get stale(): boolean {
    return this.age_ms > kStaleMs;
  }

  start(): void {
    void this.load();
    this.#poll = setInterval(() => void this.load(), kPollMs);
    void this.stream.run(
      (signal) => events.subscribe({ sites: true }, { signal }),
      (message) => {
        if (message.event.case === 'hello' || message.event.case === 'keepAlive') page_clock.follow(ms(message.event.value.centerNow) ?? Date.now());
        else this.#loadSoon();
      },
      () => session.ended(),
      kSilenceMs,
    );
  }

  stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#soon);
    this.stream.stop();
  }

  async load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const answer = await service.getNetworkHealth({}, { timeoutMs: 10_000 });
      this.data = answer;
      this.as_of = ms(answer.asOf) ?? page_clock.now;
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error);
      if (this.failure.code === kNotSignedIn) session.ended();
    } finally {
      this.#loading = false;
    }
  }

  // Many changes at once cost one reading.
  #loadSoon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.load(), kAfterEventMs);
  }
}

export const health = new Health();
