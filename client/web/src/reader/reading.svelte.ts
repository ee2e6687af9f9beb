// The study on the desk: lease, trace, draft, signature. Everything the reader wrote stays here until the center has it.
import { create } from '@bufbuild/protobuf';
import { client } from '../shared/rpc';
import { failureOf, kClaimedByOther, kLeaseLost, kNotSignedIn, kQueueEmpty, kStale, type Failure } from '../shared/failure';
import { page_clock } from '../shared/clock.svelte';
import { session } from '../shared/session.svelte';
import { ms } from '../shared/time';
import { signed } from '../shared/states';
import { decodeWaveform, type TraceData } from '../ecg/recording';
import { Certainty, FindingSchema, type Finding } from '../gen/ecg/v1/finding_pb';
import { Urgency } from '../gen/ecg/v1/measurement_pb';
import { ReadingService, type ClaimStudyResponse, type Lease } from '../gen/ecg/v1/reading_pb';
import type { Report } from '../gen/ecg/v1/report_pb';
import { AnalysisState, CriticalState, Priority, type StudyDetail, type StudySummary } from '../gen/ecg/v1/study_pb';
import { contradiction, family } from './search';
import { statements } from './statements.svelte';
import { unsaved } from './unsaved';
import { worklist } from './worklist.svelte';

const service = client(ReadingService);
const kSaveDelayMs = 800;
const kClockSlackMs = 2000;
// Families of statements that a draft must not miss without a second look.
const kSecondReaderFamilies = [
  'AFIB', 'AFL', 'SVT', 'STEMI', 'STE', 'SGARBOSSA', 'DE', 'WELLENS', '2AVB1', '2AVB2', '3AVB', 'AVB', 'VT', 'NSVT', 'PVT', 'WCT', 'VF', 'VFL', 'TDP',
  'ASYS', 'SARREST', 'PAUSE', 'EXTREME', 'LQT', 'LQTS', 'HYPERK', 'PACE',
];

type Sheet = '' | 'critical' | 'give_back' | 'report' | 'second_reader';

class Reading {
  study = $state.raw<StudyDetail | null>(null);
  trace = $state.raw<TraceData | null>(null);
  trace_failed = $state(false);
  reports = $state.raw<Report[]>([]); // oldest first
  lease = $state.raw<Lease | null>(null); // null: view only
  lease_lost = $state(false);
  findings = $state.raw<Finding[]>([]);
  text = $state('');
  advice = $state('');
  draft_state = $state<'clean' | 'waiting' | 'saving' | 'failed'>('clean');
  draft_saved_at = $state(0);
  machine_revealed = $state(false);
  amending = $state(false);
  amend_reason = $state('');
  amend_correction = $state(false);
  sheet = $state<Sheet>('');
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  taken = $state.raw<StudySummary | null>(null); // another reader has it
  queue_empty = $state(false);
  last_signed = $state.raw<{ report: Report; name: string } | null>(null);
  objection = $state.raw<string[]>([]);
  #revision = 0n;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #active_at = 0;
  #renewed_at = 0;
  #renewing = false;
  #saving: Promise<void> = Promise.resolve();

  get id(): string {
    return this.study?.summary?.id ?? '';
  }
  get summary(): StudySummary | undefined {
    return this.study?.summary;
  }
  get holds_lease(): boolean {
    return this.lease !== null && !this.lease_lost;
  }
  get editable(): boolean {
    return this.lease !== null || this.amending;
  }
  get latest_report(): Report | undefined {
    return this.reports[this.reports.length - 1];
  }
  get empty_report(): boolean {
    return this.findings.length === 0 && this.text.trim() === '';
  }
  get machine_visible(): boolean {
    const first = this.study?.machineTextHidden ?? true;
    return this.machine_revealed || !first || this.findings.length > 0 || (this.reports.length > 0 && !this.lease);
  }
  get suspected(): boolean {
    if (this.summary?.critical === CriticalState.REFUTED) return false;
    return this.summary?.critical === CriticalState.DETECTED || (this.study?.analysis?.critical.some((c) => c.tier === Urgency.CRITICAL) ?? false);
  }
  get can_sign(): boolean {
    return !this.busy && worklist.online && this.holds_lease && !this.empty_report;
  }
  get contradiction(): [string, string] | undefined {
    return contradiction(this.findings.map((f) => f.code));
  }
  // A STAT study that another reader has had unsigned for 3 min may be taken over.
  mayTakeOver(study: StudySummary): boolean {
    const received = ms(study.receivedAt);
    return study.priority === Priority.STAT && received !== undefined && page_clock.now - received > 180_000;
  }

  async claimNext(): Promise<void> {
    await this.#claim(() => service.claimNext({}));
  }

  async claim(study: StudySummary, take_over = false): Promise<void> {
    if (this.id === study.id && this.holds_lease) return;
    if (signed(study.state)) return this.view(study.id);
    const mine = study.readerId === session.person?.id;
    if (study.readerId && !mine && !take_over) {
      await this.#attempt(async () => {
        await this.putBack();
        this.#clear();
        this.taken = study;
      });
      return;
    }
    await this.#claim(() => service.claimStudy({ studyId: study.id, takeOver: take_over }), study);
  }

  async #claim(call: () => Promise<ClaimStudyResponse>, wanted?: StudySummary): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    this.queue_empty = false;
    try {
      if (wanted?.id !== this.id) await this.putBack();
      const answer = await call();
      if (!answer.study || !answer.lease) return;
      const same = answer.study.summary?.id === this.id;
      if (!same) this.#clear();
      this.taken = null;
      this.study = answer.study;
      this.#lease(answer.lease);
      this.#takeDraft(answer.study);
      this.#takeUnsaved();
      if (!same) await this.#loadTrace();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === kQueueEmpty) this.queue_empty = true;
      else if (failure.code === kClaimedByOther && wanted) {
        this.#clear();
        this.taken = wanted;
      } else this.#failed(failure);
    } finally {
      this.busy = false;
    }
  }

  async view(study_id: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    try {
      await this.putBack();
      this.#clear();
      this.study = (await this.#fetch(study_id)) ?? null;
      await this.#loadTrace();
    } catch (error) {
      this.#failed(failureOf(error));
    } finally {
      this.busy = false;
    }
  }

  async #fetch(study_id: string): Promise<StudyDetail | undefined> {
    const answer = await service.getStudy({ studyId: study_id });
    this.reports = answer.reports;
    return answer.study;
  }

  async #loadTrace(): Promise<void> {
    const id = this.id;
    this.trace_failed = false;
    try {
      const answer = await service.getWaveform({ studyId: id });
      if (id !== this.id || !answer.waveform) return;
      this.trace = decodeWaveform(answer.waveform);
    } catch (error) {
      if (id !== this.id) return;
      this.trace_failed = true;
      const failure = failureOf(error);
      if (failure.code) this.#failed(failure);
    }
  }

  #takeDraft(study: StudyDetail): void {
    const draft = study.draft;
    this.findings = draft?.findings ?? [];
    this.text = draft?.text ?? '';
    this.advice = draft?.advice ?? '';
    this.#revision = draft?.revision ?? 0n;
    this.draft_saved_at = ms(draft?.savedAt) ?? 0;
    this.draft_state = 'clean';
  }

  // What this person wrote here and the center never got (lease lost, line lost, page reloaded) comes back, unless the
  // center has a later draft.
  #takeUnsaved(): void {
    const kept = unsaved.get(this.id, session.person?.id ?? '');
    if (!kept || kept.at + kClockSlackMs < this.draft_saved_at) return unsaved.drop(this.id);
    this.findings = kept.findings.map((f) => create(FindingSchema, f));
    this.text = kept.text;
    this.advice = kept.advice;
    this.edited();
  }

  #keep(): void {
    const findings = this.findings.map(({ code, certainty, qualifier }) => ({ code, certainty, qualifier }));
    unsaved.put(this.#keptAs, { person: session.person?.id ?? '', at: Date.now() + page_clock.offset_ms, findings, text: this.text, advice: this.advice });
  }
  get #keptAs(): string {
    return this.amending ? `amend/${this.id}` : this.id;
  }

  #lease(lease: Lease): void {
    this.lease = lease;
    this.lease_lost = false;
    this.#renewed_at = Date.now();
  }

  // --- draft ---

  addFinding(code: string, certainty = Certainty.DEFINITE, qualifier = ''): void {
    if (!this.editable || this.findings.some((f) => f.code === code && f.qualifier === qualifier)) return;
    this.findings = [...this.findings, create(FindingSchema, { code, certainty, qualifier })];
    statements.used(code);
    this.edited();
  }

  removeFinding(index: number): void {
    this.findings = this.findings.filter((_, n) => n !== index);
    this.edited();
  }

  togglePossible(index: number): void {
    this.findings = this.findings.map((f, n) =>
      n === index ? create(FindingSchema, { ...f, certainty: f.certainty === Certainty.POSSIBLE ? Certainty.DEFINITE : Certainty.POSSIBLE }) : f,
    );
    this.edited();
  }

  addNormal(): void {
    for (const code of ['SR', 'NORMAL']) if (statements.has(code)) this.addFinding(code);
  }

  edited(): void {
    this.active();
    if (!this.editable) return;
    this.#keep();
    if (this.amending) return;
    this.draft_state = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.saveDraft(), kSaveDelayMs);
  }

  // One save after the other; resolves when all that was written before the call is saved, or has failed to be.
  saveDraft(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    if (!this.holds_lease || !this.lease || this.draft_state === 'clean') return;
    const id = this.id;
    const token = this.lease.token;
    this.draft_state = 'saving';
    try {
      const answer = await service.saveDraft({
        studyId: id,
        leaseToken: this.lease.token,
        draft: { findings: this.findings, text: this.text, advice: this.advice, revision: this.#revision },
      });
      if (id !== this.id || this.lease?.token !== token) return;
      this.#revision = answer.revision;
      if (answer.lease) this.#lease(answer.lease);
      this.draft_saved_at = page_clock.now;
      if ((this.draft_state as string) === 'saving') {
        this.draft_state = 'clean';
        unsaved.drop(id);
      }
    } catch (error) {
      if (id !== this.id || this.lease?.token !== token) return;
      this.draft_state = 'failed';
      const failure = failureOf(error);
      if (failure.code === kLeaseLost) this.lease_lost = true;
      else if (failure.code === kStale) await this.#adoptRevision(id);
      else if (!failure.unreachable) this.#failed(failure);
      else this.#timer = setTimeout(() => void this.saveDraft(), 5000);
    }
  }

  // The center has a newer draft (same reader, other tab). What is on this page wins; it is what the reader sees.
  async #adoptRevision(id: string): Promise<void> {
    const answer = await service.getStudy({ studyId: id }).catch(() => undefined);
    if (id !== this.id || !answer) return;
    this.#revision = answer.study?.draft?.revision ?? this.#revision;
    this.edited();
  }

  // --- lease ---

  active(): void {
    this.#active_at = Date.now();
  }

  // Called each second: renews while the reader works, notices when the lease has run out.
  async tick(): Promise<void> {
    const lease = this.lease;
    if (!lease || this.lease_lost || this.#renewing) return;
    const expires = ms(lease.expiresAt);
    if (expires !== undefined && page_clock.now > expires) {
      this.lease_lost = true;
      return;
    }
    const third = (lease.lengthS * 1000) / 3;
    if (this.#active_at <= this.#renewed_at || Date.now() - this.#renewed_at < third) return;
    this.#renewing = true;
    const id = this.id;
    try {
      const answer = await service.renewLease({ studyId: id, leaseToken: lease.token });
      if (id === this.id && answer.lease) this.#lease(answer.lease);
    } catch (error) {
      if (id === this.id && failureOf(error).code === kLeaseLost) this.lease_lost = true;
    } finally {
      this.#renewing = false;
    }
  }

  // Gives an unsigned study back; the draft is saved first.
  async putBack(): Promise<void> {
    if (!this.holds_lease || !this.lease) return;
    await this.saveDraft();
    await service.releaseStudy({ studyId: this.id, leaseToken: this.lease.token });
    this.lease = null;
  }

  async release(): Promise<void> {
    await this.#attempt(async () => {
      await this.putBack();
      this.#clear();
    });
  }

  // --- signature ---

  // What the machine says of consequence and the draft does not.
  #missing(): string[] {
    const mine = new Set(this.findings.map((f) => family(f.code)));
    const machine = this.study?.analysis?.findings ?? [];
    const critical = this.study?.analysis?.critical.filter((c) => c.tier === Urgency.CRITICAL).map((c) => c.code) ?? [];
    const codes = machine.filter((f) => f.certainty !== Certainty.POSSIBLE).map((f) => f.code).filter((code) => kSecondReaderFamilies.includes(family(code)));
    // What a reader ruled out is not asked about again.
    const refuted = this.summary?.critical === CriticalState.REFUTED;
    return [...new Set([...codes, ...critical])].filter((code) => !mine.has(family(code)) && !(refuted && critical.includes(code)));
  }

  async sign(objection_seen = false): Promise<void> {
    if (!this.can_sign || !this.lease) return;
    const missing = objection_seen ? [] : this.#missing();
    if (missing.length > 0) {
      this.objection = missing;
      this.sheet = 'second_reader';
      return;
    }
    const name = this.summary?.patient?.name ?? '';
    const lease = this.lease;
    clearTimeout(this.#timer);
    const done = await this.#attempt(async () => {
      await this.#saving; // a draft under way must not arrive after the signature
      const answer = await service.signReport({ studyId: this.id, leaseToken: lease.token, findings: this.findings, text: this.text, advice: this.advice });
      if (!answer.report) return;
      this.last_signed = { report: answer.report, name };
      unsaved.drop(this.id);
      this.lease = null;
      this.draft_state = 'clean';
      const version = answer.report.version;
      this.reports = [...this.reports.filter((r) => r.version !== version), answer.report]; // the event may have come first
      this.sheet = '';
    });
    if (!done) return;
    const signed_id = this.id;
    if (worklist.mayHaveNext(signed_id)) await this.claimNext();
    if (this.id === signed_id) this.study = (await this.#fetch(signed_id).catch(() => undefined)) ?? this.study;
    void worklist.load();
  }

  startAmending(): void {
    const report = this.latest_report;
    if (!report) return;
    this.findings = report.findings.map((f) => create(FindingSchema, { code: f.code, certainty: f.certainty, qualifier: f.qualifier }));
    this.text = report.text;
    this.advice = report.advice;
    this.amend_reason = '';
    this.amend_correction = false;
    this.amending = true;
    this.sheet = '';
    const kept = unsaved.get(this.#keptAs, session.person?.id ?? '');
    if (!kept || kept.at < (ms(report.signedAt) ?? 0)) return;
    this.findings = kept.findings.map((f) => create(FindingSchema, f));
    this.text = kept.text;
    this.advice = kept.advice;
  }

  stopAmending(): void {
    unsaved.drop(this.#keptAs);
    this.amending = false;
  }

  async amend(): Promise<void> {
    const report = this.latest_report;
    if (!report || !this.amend_reason.trim() || this.empty_report) return;
    await this.#attempt(async () => {
      const answer = await service.amendReport({
        studyId: this.id,
        version: report.version,
        correction: this.amend_correction,
        reason: this.amend_reason.trim(),
        findings: this.findings,
        text: this.text,
        advice: this.advice,
      });
      if (!answer.report) return;
      this.last_signed = { report: answer.report, name: this.summary?.patient?.name ?? '' };
      this.stopAmending();
      this.study = (await this.#fetch(this.id)) ?? this.study;
    });
  }

  async decideCritical(confirm: boolean, codes: string[], text: string): Promise<void> {
    const lease = this.lease;
    if (!lease) return;
    await this.#attempt(async () => {
      const answer = await service.decideCritical({ studyId: this.id, leaseToken: lease.token, confirm, codes, text });
      if (this.study?.summary) this.study = { ...this.study, summary: { ...this.study.summary, critical: answer.critical } };
      this.sheet = '';
    });
  }

  async giveBack(reason_code: string, note: string): Promise<void> {
    const lease = this.lease;
    if (!lease) return;
    await this.#attempt(async () => {
      await service.returnStudy({ studyId: this.id, leaseToken: lease.token, reasonCode: reason_code, note });
      this.lease = null;
      this.#clear();
    });
  }

  async pdf(version: number): Promise<Uint8Array> {
    return (await service.getReport({ studyId: this.id, version, withPdf: true })).pdf;
  }

  // A change of the open study by someone else: state, analysis, delivery.
  changed(summary: StudySummary): void {
    if (!this.study || summary.id !== this.id) return;
    const analysed = summary.analysisState !== this.study.summary?.analysisState && summary.analysisState !== AnalysisState.PENDING;
    const reported = summary.reportVersion > (this.latest_report?.version ?? 0) || signed(summary.state);
    this.study = { ...this.study, summary };
    if (analysed || reported) void this.#refresh(summary.id);
  }

  async #refresh(id: string): Promise<void> {
    const answer = await service.getStudy({ studyId: id }).catch(() => undefined);
    if (!answer?.study || id !== this.id || !this.study) return;
    this.reports = answer.reports;
    this.study = { ...this.study, summary: answer.study.summary, analysis: answer.study.analysis };
    // Signed: by another reader, or by us with the answer lost on the way. There is no lease to claim again.
    if (!this.busy && answer.reports.length > 0 && answer.study.summary && signed(answer.study.summary.state)) {
      this.lease = null;
      this.lease_lost = false;
    }
  }

  close(): void {
    this.#clear();
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.study = null;
    this.trace = null;
    this.trace_failed = false;
    this.reports = [];
    this.lease = null;
    this.lease_lost = false;
    this.findings = [];
    this.text = '';
    this.advice = '';
    this.draft_state = 'clean';
    this.machine_revealed = false;
    this.amending = false;
    this.sheet = '';
    this.taken = null;
    this.objection = [];
    this.#revision = 0n;
  }

  #failed(failure: Failure): void {
    if (failure.code === kNotSignedIn) session.ended();
    if (failure.code === kLeaseLost) this.lease_lost = true;
    this.failure = failure;
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.#failed(failureOf(error));
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const reading = new Reading();
