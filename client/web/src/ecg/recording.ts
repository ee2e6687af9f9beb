// The data layer of the trace: samples in microvolts per lead, and where a lead has none. Knows nothing of paper,
// pixels or layouts.
import type { RecordingFormat, Waveform } from '../gen/ecg/v1/recording_pb';
import { leadName, type LeadName } from './leads';

// [begin, end) in frames.
export interface Interval {
  begin: number;
  end: number;
}

export interface TraceLead {
  name: LeadName;
  uv: Float32Array;
  gaps: Interval[]; // sorted, disjoint; samples inside mean nothing
  derived: boolean;
  scaled: boolean; // false: sensitivity not known, so the lead cannot be drawn to scale
}

export interface TraceData {
  sampling_hz: number;
  frames: number;
  leads: Map<LeadName, TraceLead>;
  stored_leads: number;
}

export class UndecodableWaveform extends Error {}

export function mergeIntervals(...lists: Interval[][]): Interval[] {
  const all = lists.flat().filter((g) => g.end > g.begin).sort((a, b) => a.begin - b.begin);
  const merged: Interval[] = [];
  for (const gap of all) {
    const last = merged[merged.length - 1];
    if (last && gap.begin <= last.end) last.end = Math.max(last.end, gap.end);
    else merged.push({ ...gap });
  }
  return merged;
}

type Combine = (i: number, ii: number) => number;
const kDerivations: [LeadName, Combine][] = [
  ['III', (i, ii) => ii - i],
  ['aVR', (i, ii) => -(i + ii) / 2],
  ['aVL', (i, ii) => i - ii / 2],
  ['aVF', (i, ii) => ii - i / 2],
];

// Adds III, aVR, aVL, aVF where they are not stored and both I and II are. A gap of either source is a gap of the result.
export function deriveLimbLeads(leads: Map<LeadName, TraceLead>): void {
  const one = leads.get('I');
  const two = leads.get('II');
  if (!one || !two || !one.scaled || !two.scaled) return;
  for (const [name, combine] of kDerivations) {
    if (leads.has(name)) continue;
    const uv = new Float32Array(one.uv.length);
    for (let k = 0; k < uv.length; k++) uv[k] = combine(one.uv[k], two.uv[k]);
    leads.set(name, { name, uv, gaps: mergeIntervals(one.gaps, two.gaps), derived: true, scaled: true });
  }
}

export function decodeWaveform(waveform: Waveform): TraceData {
  const format = waveform.format;
  if (!format || format.leads.length === 0 || !(format.samplingHz > 0)) throw new UndecodableWaveform('no format');
  const frames = Number(waveform.frames);
  const width = waveform.bytesPerSample;
  const count = format.leads.length;
  if (width !== 2 && width !== 4) throw new UndecodableWaveform(`bytes per sample: ${width}`);
  if (waveform.samples.length !== count * frames * width) throw new UndecodableWaveform('length does not match');
  const view = new DataView(waveform.samples.buffer, waveform.samples.byteOffset, waveform.samples.byteLength);
  const leads = new Map<LeadName, TraceLead>();
  format.leads.forEach((lead, position) => {
    const uv = new Float32Array(frames);
    const start = position * frames * width;
    for (let k = 0; k < frames; k++) {
      const at = start + k * width;
      const raw = width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
      uv[k] = (raw - lead.baseline) * lead.uvPerLsb;
    }
    const gaps = waveform.gaps
      .filter((gap) => gap.lead === position)
      .map((gap) => ({ begin: Math.min(Number(gap.begin), frames), end: Math.min(Number(gap.end), frames) }));
    const name = leadName(lead.lead, lead.label);
    leads.set(name, { name, uv, gaps: mergeIntervals(gaps), derived: lead.derived, scaled: lead.uvPerLsb > 0 });
  });
  deriveLimbLeads(leads);
  return { sampling_hz: format.samplingHz, frames, leads, stored_leads: count };
}

export function durationSeconds(data: TraceData): number {
  return data.frames / data.sampling_hz;
}

// Names in stored order, for live blocks.
export function leadNames(format: RecordingFormat): LeadName[] {
  return format.leads.map((lead) => leadName(lead.lead, lead.label));
}
