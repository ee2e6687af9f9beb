// The last seconds of a running device, per lead, in microvolts: what the live preview draws from. Frames are numbered
// by the gateway; a jump in the numbers is a gap, not a join.
import type { PreviewBlock } from '../gen/ecg/v1/clinic_pb';
import type { RecordingFormat } from '../gen/ecg/v1/recording_pb';
import { leadNames } from './recording';
import type { LeadName } from './leads';

export class LiveRing {
  readonly sampling_hz: number;
  readonly capacity: number; // frames kept
  readonly names: LeadName[];
  readonly uv: Map<LeadName, Float32Array>; // NaN: no signal
  next_frame = 0; // one past the newest
  #stored: Float32Array[];
  #uv_per_lsb: number[];

  constructor(format: RecordingFormat, seconds: number) {
    this.sampling_hz = format.samplingHz;
    this.capacity = Math.ceil(seconds * format.samplingHz);
    this.names = leadNames(format);
    // A lead of unknown sensitivity has no microvolts: nothing is drawn, never a flat line.
    this.#uv_per_lsb = format.leads.map((l) => (l.uvPerLsb > 0 ? l.uvPerLsb : NaN));
    this.#stored = this.names.map(() => new Float32Array(this.capacity).fill(NaN));
    this.uv = new Map(this.names.map((name, n) => [name, this.#stored[n]]));
    if (this.uv.has('I') && this.uv.has('II'))
      for (const name of ['III', 'aVR', 'aVL', 'aVF'])
        if (!this.uv.has(name)) this.uv.set(name, new Float32Array(this.capacity).fill(NaN));
  }

  push(block: Pick<PreviewBlock, 'firstFrame' | 'frameCount' | 'samples' | 'leadOff'>): void {
    const first = Number(block.firstFrame);
    const count = this.names.length;
    if (block.samples.length !== block.frameCount * count * 2) return;
    if (first < this.next_frame) this.#forget();
    else for (let k = Math.max(this.next_frame, first - this.capacity); k < first; k++) this.#erase(k);
    const view = new DataView(block.samples.buffer, block.samples.byteOffset, block.samples.byteLength);
    for (let f = 0; f < block.frameCount; f++) {
      const slot = (first + f) % this.capacity;
      for (let n = 0; n < count; n++) {
        const off = (block.leadOff >>> n) & 1;
        this.#stored[n][slot] = off ? NaN : view.getInt16((f * count + n) * 2, true) * this.#uv_per_lsb[n];
      }
      this.#derive(slot);
    }
    this.next_frame = first + block.frameCount;
  }

  #derive(slot: number): void {
    const one = this.uv.get('I');
    const two = this.uv.get('II');
    if (!one || !two) return;
    const i = one[slot];
    const ii = two[slot];
    const put = (name: LeadName, value: number) => {
      if (!this.names.includes(name)) this.uv.get(name)![slot] = value;
    };
    put('III', ii - i);
    put('aVR', -(i + ii) / 2);
    put('aVL', i - ii / 2);
    put('aVF', ii - i / 2);
  }

  #erase(frame: number): void {
    for (const lead of this.uv.values()) lead[frame % this.capacity] = NaN;
  }

  #forget(): void {
    for (const lead of this.uv.values()) lead.fill(NaN);
  }
}
