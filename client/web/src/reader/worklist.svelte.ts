// What waits to be read, kept fresh by the one event stream. Order is the server's; the page never sorts.
import { client } from '../shared/rpc';
import { failureOf, kNotSignedIn, type Failure } from '../shared/failure';
import { KeptStream } from '../shared/stream.svelte';
import { page_clock } from '../shared/clock.svelte';
import { session } from '../shared/session.svelte';
import { ms } from '../shared/time';
import { EventService, type SubscribeResponse } from '../gen/ecg/v1/events_pb';
import { Priority, StudyState, type StudySummary } from '../gen/ecg/v1/study_pb';
import { WorklistScope, WorklistService } from '../gen/ecg/v1/worklist_pb';

const service = client(WorklistService);
const events = client(EventService);
const kReloadDelayMs = 250;
const kSilenceMs = 25_000; // the center says something each 10 s

class Worklist {
  rows = $state.raw<StudySummary[]>([]);
  total = $state(0);
  as_of = $state(0); // server clock; 0 = never loaded
  scope = $state<WorklistScope>(WorklistScope.UNSPECIFIED);
  loaded_scope = $state<WorklistScope>(WorklistScope.UNSPECIFIED); // of the rows
  failure = $state.raw<Failure | null>(null);
  readonly stream = new KeptStream();
  changed: (study: StudySummary) => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  get online(): boolean {
    return this.stream.state === 'open';
  }

  // Whether the rows tell how many wait: one's own list does not, and neither does a list that never came.
  get known(): boolean {
    return this.as_of > 0 && this.loaded_scope !== WorklistScope.MINE;
  }

  // The moment (server clock) the rows are true for: changes come by the stream, so a living stream keeps them true.
  get current_at(): number {
    return this.online && !this.failure ? Math.max(this.as_of, this.stream.last_message_at + page_clock.offset_ms) : this.as_of;
  }

  get waiting(): StudySummary[] {
    return this.rows.filter((r) => r.state === StudyState.QUEUED || r.state === StudyState.ASSIGNED);
  }

  // Whether another study may wait. The list of one's own does not tell.
  mayHaveNext(but_not: string): boolean {
    return this.scope === WorklistScope.MINE || this.waiting.some((r) => r.id !== but_not);
  }

  get stat(): number {
    return this.waiting.filter((r) => r.priority === Priority.STAT).length;
  }

  get oldest_received_ms(): number | undefined {
    const times = this.waiting.map((r) => ms(r.receivedAt)).filter((at): at is number => at !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  start(): void {
    void this.stream.run(
      (signal) => events.subscribe({ sites: false }, { signal }),
      (message) => this.#heard(message),
      () => session.ended(),
      kSilenceMs,
    );
  }

  stop(): void {
    this.stream.stop();
    clearTimeout(this.#timer);
  }

  show(scope: WorklistScope): void {
    this.scope = scope;
    void this.load();
  }

  async load(): Promise<void> {
    const scope = this.scope;
    const asked = ++this.#asked;
    try {
      const answer = await service.listWorklist({ scope });
      if (asked !== this.#asked) return; // a later answer is on its way
      this.rows = answer.studies;
      this.loaded_scope = scope;
      this.total = answer.total;
      this.as_of = ms(answer.asOf) ?? page_clock.now;
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error);
      if (this.failure.code === kNotSignedIn) session.ended();
    }
  }

  #heard(message: SubscribeResponse): void {
    switch (message.event.case) {
      case 'hello':
      case 'keepAlive':
        page_clock.follow(ms(message.event.value.centerNow) ?? Date.now());
        if (message.event.case === 'hello') void this.load();
        break;
      case 'lagged':
        void this.load();
        break;
      case 'studyChanged': {
        const study = message.event.value.study;
        if (!study) break;
        this.rows = this.rows.map((row) => (row.id === study.id ? study : row));
        this.changed(study);
        this.#reloadSoon();
        break;
      }
    }
  }

  // Many changes at once cost one load.
  #reloadSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), kReloadDelayMs);
  }
}

export const worklist = new Worklist();
