// The clinic as its gateway tells it: line, device, today's studies. Works whether or not the center can be reached.
import { client } from '../shared/rpc';
import { failureOf, kNotSignedIn, type Failure } from '../shared/failure';
import { KeptStream } from '../shared/stream.svelte';
import { page_clock } from '../shared/clock.svelte';
import { criticalOpen } from '../shared/states';
import { ms } from '../shared/time';
import { LiveRing } from '../ecg/live';
import {
  ClinicService,
  ElectrodeState,
  type CaptureProgress,
  type ClinicState,
  type ClinicStudy,
  type DeviceQuality,
  type WatchDeviceResponse,
} from '../gen/ecg/v1/clinic_pb';

export const service = client(ClinicService);
const kKeptSeconds = 20;
const kSilenceMs = 16_000; // the gateway says something each 5 s
const kFreshMs = 3000; // older samples, or an older judgement of them, are none
const kLimbElectrodes = ['RA', 'LA', 'LL'];

class Clinic {
  phase = $state<'asking' | 'signed_out' | 'signed_in' | 'failed'>('asking');
  failure = $state.raw<Failure | null>(null);
  state = $state.raw<ClinicState | null>(null);
  studies = $state.raw<ClinicStudy[]>([]);
  quality = $state.raw<DeviceQuality | null>(null);
  ring = $state.raw<LiveRing | null>(null);
  capture = $state.raw<CaptureProgress | null>(null);
  samples_at = $state(0); // this machine's clock
  #judged_at = 0;
  readonly stream = new KeptStream();
  readonly device_stream = new KeptStream();

  get criticals(): ClinicStudy[] {
    return this.studies.filter((s) => s.critical && criticalOpen(s.criticalState));
  }
  get signal(): boolean {
    void page_clock.now; // asked again each second: a device that falls silent sends nothing to ask at
    return this.device_stream.state === 'open' && Date.now() - this.samples_at < kFreshMs;
  }
  // Leads that cannot be trusted now: the electrode's own, or limb leads when a limb electrode is off.
  get leads_off(): string[] {
    const off = (this.quality?.electrodes ?? []).filter((e) => e.state === ElectrodeState.OFF).map((e) => e.name);
    const limb = off.some((name) => kLimbElectrodes.includes(name) || name === 'RL');
    return [...off.filter((name) => name.startsWith('V')), ...(limb ? ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'] : [])];
  }

  async ask(): Promise<void> {
    try {
      const answer = await service.getClinic({});
      this.#take(answer.clinic);
      this.failure = null;
      this.phase = answer.clinic?.operatorName ? 'signed_in' : 'signed_out';
    } catch (error) {
      this.failure = failureOf(error);
      this.phase = this.failure.code === kNotSignedIn ? 'signed_out' : 'failed';
    }
  }

  async enter(userName: string, password: string): Promise<void> {
    await service.signInOperator({ userName, password });
    await this.ask();
  }

  async leave(): Promise<void> {
    try {
      await service.signOutOperator({});
      this.phase = 'signed_out';
    } catch (error) {
      // Nobody is told to be signed out while the session lives on.
      this.failure = failureOf(error);
      this.phase = this.failure.code === kNotSignedIn ? 'signed_out' : 'failed';
    }
  }

  start(): void {
    const ended = () => (this.phase = 'signed_out');
    void this.stream.run(
      (signal) => service.watchClinic({}, { signal }),
      (message) => {
        this.#take(message.clinic);
        this.studies = message.studies;
      },
      ended,
      kSilenceMs,
    );
    void this.device_stream.run((signal) => service.watchDevice({}, { signal }), (message) => this.#heard(message), ended);
  }

  stop(): void {
    this.stream.stop();
    this.device_stream.stop();
  }

  #take(state: ClinicState | undefined): void {
    if (!state) return;
    this.state = state;
    const now = ms(state.now);
    if (now !== undefined) page_clock.follow(now);
  }

  #heard(message: WatchDeviceResponse): void {
    switch (message.event.case) {
      case 'samples': {
        const block = message.event.value;
        if (block.format) this.ring = new LiveRing(block.format, kKeptSeconds);
        this.ring?.push(block);
        if (Date.now() - this.samples_at > 500) this.samples_at = Date.now();
        if (this.quality && Date.now() - this.#judged_at > kFreshMs) this.quality = null;
        break;
      }
      case 'quality':
        this.quality = message.event.value;
        this.#judged_at = Date.now();
        break;
      case 'capture':
        this.capture = message.event.value;
        break;
    }
  }
}

export const clinic = new Clinic();
