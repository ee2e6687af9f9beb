// The examination in hand: form, registration, recording, review. After sending nothing of it is left on the page.
import { failureOf, kNotSignedIn, type Failure } from '../shared/failure';
import { page_clock } from '../shared/clock.svelte';
import { ms } from '../shared/time';
import { decodeWaveform, type TraceData } from '../ecg/recording';
import { QualityGrade } from '../gen/ecg/v1/measurement_pb';
import { Symptom, YesNo, type Patient } from '../gen/ecg/v1/patient_pb';
import { Priority, StudyState } from '../gen/ecg/v1/study_pb';
import type { ClinicStudy } from '../gen/ecg/v1/clinic_pb';
import { clinic, service } from './clinic.svelte';
import { emptyForm, faults, requestOf, type Fault, type Form } from './form';

export const kCaptureSeconds = 10;
const kRepeatMs = 10 * 60 * 1000;
const kAutoStartSeconds = 10;

class Examination {
  form = $state<Form>(emptyForm());
  step = $state<'form' | 'repeat' | 'recording' | 'review'>('form');
  study_id = $state('');
  patient = $state.raw<Patient | null>(null);
  earlier_ms = $state(0);
  trace = $state.raw<TraceData | null>(null);
  recorded_s = $state(0);
  partial = $state(false);
  faults = $state.raw<Fault[]>([]);
  auto_start = $state(false);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  sent_name = $state('');
  #owner = '';

  get started(): boolean {
    const f = this.form;
    return f.emergency_unknown || f.name.trim() !== '' || f.symptoms.length > 0;
  }

  get can_start(): boolean {
    return this.step === 'form' && !this.busy && clinic.signal && this.started;
  }

  check(): boolean {
    this.faults = faults(this.form, new Date(page_clock.now));
    return this.faults.length === 0;
  }

  // Registers, then records. Asks first when the same patient was recorded a few minutes ago, but never for a STAT one.
  async begin(): Promise<void> {
    if (!this.can_start || !this.check()) return;
    await this.#attempt(async () => {
      const request = requestOf(this.form, this.study_id);
      const answer = await service.registerExamination(request);
      this.study_id = answer.studyId;
      this.patient = answer.patient ?? null;
      this.earlier_ms = ms(answer.earlierTodayAt) ?? 0;
      this.sent_name = '';
      if (this.earlier_ms && page_clock.now - this.earlier_ms < kRepeatMs && request.priority !== Priority.STAT) this.step = 'repeat';
      else await this.#capture();
    });
  }

  async confirmRepeat(): Promise<void> {
    if (this.step === 'repeat') await this.#attempt(() => this.#capture());
  }

  async #capture(): Promise<void> {
    clinic.capture = null;
    await service.startCapture({ studyId: this.study_id, seconds: kCaptureSeconds });
    this.recorded_s = 0;
    this.step = 'recording';
  }

  async stop(): Promise<void> {
    await this.#attempt(async () => {
      await service.stopCapture({ studyId: this.study_id });
    });
  }

  // Follows what the gateway says of the recording.
  progressed(): void {
    const progress = clinic.capture;
    if (!progress || progress.studyId !== this.study_id || this.step !== 'recording') return;
    this.recorded_s = progress.recordedS;
    if (!progress.finished) return;
    this.partial = progress.partial;
    void this.#review();
  }

  // The same from the list of studies: the device stream may have missed the end.
  listed(): void {
    if (this.step !== 'recording') return;
    const row = clinic.studies.find((s) => s.studyId === this.study_id);
    if (!row?.awaitingDecision) return;
    this.recorded_s = row.recordedS;
    this.partial = row.partial;
    void this.#review();
  }

  async #review(): Promise<void> {
    if (this.step === 'review') return;
    this.step = 'review';
    this.trace = null;
    const id = this.study_id;
    try {
      const answer = await service.getClinicWaveform({ studyId: id });
      if (id === this.study_id && answer.waveform) this.trace = decodeWaveform(answer.waveform);
    } catch (error) {
      this.#failed(failureOf(error));
    }
  }

  async send(): Promise<void> {
    if (this.step !== 'review') return;
    const name = this.patient?.name ?? '';
    const done = await this.#attempt(async () => {
      await service.sendStudy({ studyId: this.study_id });
    });
    if (done) {
      this.empty();
      this.sent_name = name;
    }
  }

  async retake(): Promise<void> {
    await this.#attempt(async () => {
      await service.retakeStudy({ studyId: this.study_id });
      this.trace = null;
      this.step = 'form';
      this.auto_start = false;
    });
  }

  // A study that was recorded but not sent, or that the center wants again.
  resume(study: ClinicStudy): void {
    if (!this.can_resume) return;
    this.empty();
    this.study_id = study.studyId;
    this.patient = study.patient ?? null;
    const p = study.patient;
    this.form = {
      ...emptyForm(),
      name: p?.name ?? '',
      sex: p?.sex ?? 0,
      birth_date: p?.birthDate ?? '',
      age: p && p.ageYears > 0 ? String(p.ageYears) : '',
      id_tail: p?.nationalIdTail ?? '',
      symptoms: study.context?.symptoms ?? [],
      onset: study.context?.symptomOnset ?? '',
      pacemaker: study.context?.pacemaker ?? YesNo.UNSPECIFIED,
      note: study.context?.note ?? '',
      priority: study.priority,
      priority_chosen: true,
      emergency_unknown: !p?.name,
    };
    if (study.awaitingDecision) {
      this.recorded_s = study.recordedS;
      this.partial = study.partial;
      void this.#review();
    } else if (study.state === StudyState.ACQUIRING) this.step = 'recording';
  }

  async cancel(): Promise<void> {
    const id = this.study_id;
    const registered = id !== '' && (this.step === 'form' || this.step === 'repeat');
    const done = !registered || (await this.#attempt(async () => void (await service.cancelExamination({ studyId: id }))));
    if (done) this.empty();
  }

  // The examination in hand is its operator's: nobody else finds it on the page.
  takenUpBy(operator: string): void {
    if (this.#owner !== operator) this.empty();
    this.#owner = operator;
  }

  // Whether another study may be taken up without losing what was typed or leaving a recording.
  get can_resume(): boolean {
    return !this.busy && (this.step === 'review' || (this.step === 'form' && !this.started));
  }

  empty(): void {
    this.form = emptyForm();
    this.step = 'form';
    this.study_id = '';
    this.patient = null;
    this.trace = null;
    this.faults = [];
    this.failure = null;
    this.recorded_s = 0;
    this.partial = false;
    this.earlier_ms = 0;
    this.sent_name = '';
  }

  // Called when the gateway has judged the signal again.
  maybeAutoStart(): void {
    const q = clinic.quality;
    if (!this.auto_start || !q || q.grade !== QualityGrade.GOOD || q.goodSeconds < kAutoStartSeconds) return;
    // Somebody may be in the middle of a name or a number.
    if (document.activeElement?.matches('form input:not([type=checkbox]):not([type=radio]), form textarea')) return;
    if (this.can_start && faults(this.form, new Date(page_clock.now)).length === 0) void this.begin();
  }

  toggleSymptom(symptom: Symptom): void {
    const has = this.form.symptoms.includes(symptom);
    this.form.symptoms = has ? this.form.symptoms.filter((s) => s !== symptom) : [...this.form.symptoms, symptom];
  }

  #failed(failure: Failure): void {
    if (failure.code === kNotSignedIn) clinic.phase = 'signed_out';
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

export const examination = new Examination();
