import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { LeadCode, WaveformSchema } from '../src/gen/ecg/v1/recording_pb';
import { decodeWaveform, mergeIntervals, UndecodableWaveform, type TraceLead } from '../src/ecg/recording';
import { keptFrames, segmentPolylines, stretches } from '../src/ecg/path';
import { sheetGeometry } from '../src/ecg/geometry';

// Two leads, I and II, of ten frames; 2.5 uV and 5 uV per LSB, II with a baseline of 100.
function waveform(bytes_per_sample: 2 | 4, gaps: { lead: number; begin: bigint; end: bigint }[] = []) {
  const frames = 10;
  const bytes = new Uint8Array(2 * frames * bytes_per_sample + 1).subarray(1); // an odd address, as in a message
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const put = (at: number, value: number) => (bytes_per_sample === 2 ? view.setInt16(at * 2, value, true) : view.setInt32(at * 4, value, true));
  for (let k = 0; k < frames; k++) {
    put(k, 100 * k - 300);
    put(frames + k, 50 * k + 100);
  }
  return create(WaveformSchema, {
    format: {
      samplingHz: 500,
      leads: [
        { lead: LeadCode.I, uvPerLsb: 2.5 },
        { lead: LeadCode.II, uvPerLsb: 5, baseline: 100 },
      ],
    },
    frames: 10n,
    bytesPerSample: bytes_per_sample,
    samples: bytes,
    gaps,
  });
}

describe('decoding', () => {
  it.each([2, 4] as const)('turns %d-byte samples into microvolts per lead', (width) => {
    const data = decodeWaveform(waveform(width));
    expect([...data.leads.get('I')!.uv]).toEqual([-750, -500, -250, 0, 250, 500, 750, 1000, 1250, 1500]);
    expect([...data.leads.get('II')!.uv]).toEqual([0, 250, 500, 750, 1000, 1250, 1500, 1750, 2000, 2250]);
  });

  it('derives III, aVR, aVL, aVF from I and II and says so', () => {
    const data = decodeWaveform(waveform(2));
    const at = (name: string) => data.leads.get(name)!.uv[4]; // I = 250, II = 1000
    expect(at('III')).toBe(750);
    expect(at('aVR')).toBe(-625);
    expect(at('aVL')).toBe(-250);
    expect(at('aVF')).toBe(875);
    expect(['III', 'aVR', 'aVL', 'aVF'].every((name) => data.leads.get(name)!.derived)).toBe(true);
    expect(data.leads.get('I')!.derived).toBe(false);
  });

  it('a gap of either source lead is a gap of what is derived', () => {
    const data = decodeWaveform(waveform(2, [{ lead: 0, begin: 2n, end: 4n }, { lead: 1, begin: 3n, end: 6n }]));
    expect(data.leads.get('I')!.gaps).toEqual([{ begin: 2, end: 4 }]);
    expect(data.leads.get('aVF')!.gaps).toEqual([{ begin: 2, end: 6 }]);
  });

  it('refuses samples whose length does not match', () => {
    const broken = waveform(2);
    broken.samples = broken.samples.subarray(0, 30);
    expect(() => decodeWaveform(broken)).toThrow(UndecodableWaveform);
    const odd = waveform(2);
    odd.bytesPerSample = 3;
    expect(() => decodeWaveform(odd)).toThrow(UndecodableWaveform);
  });

  it('does not draw a lead of unknown sensitivity to scale, nor derive from it', () => {
    const unknown = waveform(2);
    unknown.format!.leads[1].uvPerLsb = 0;
    const data = decodeWaveform(unknown);
    expect(data.leads.get('II')!.scaled).toBe(false);
    expect(data.leads.has('III')).toBe(false);
  });

  it('merges gaps that touch or overlap', () => {
    expect(mergeIntervals([{ begin: 5, end: 8 }, { begin: 1, end: 3 }], [{ begin: 3, end: 4 }, { begin: 7, end: 9 }])).toEqual([
      { begin: 1, end: 4 },
      { begin: 5, end: 9 },
    ]);
  });
});

describe('path', () => {
  it('keeps a spike of one sample at every width', () => {
    const uv = new Float32Array(5000);
    uv[1234] = 2000;
    uv[3210] = -1500;
    for (const columns_per_frame of [0.9, 0.5, 0.25, 0.08, 0.02]) {
      const kept = keptFrames(uv, 0, uv.length, columns_per_frame, 0);
      expect(kept).toContain(1234);
      expect(kept).toContain(3210);
      expect(kept.length).toBeLessThanOrEqual(Math.ceil(5000 * columns_per_frame + 1) * 4);
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }
  });

  it('keeps every sample where each has a column of its own', () => {
    expect(keptFrames(new Float32Array(50), 10, 20, 1.2, 0)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('never joins across a gap, and draws nothing inside one', () => {
    expect(stretches(0, 100, [{ begin: 20, end: 30 }, { begin: 90, end: 120 }])).toEqual([{ begin: 0, end: 20 }, { begin: 30, end: 90 }]);
    expect(stretches(0, 100, [{ begin: 0, end: 100 }])).toEqual([]);
    const lead: TraceLead = { name: 'II', uv: new Float32Array(5000), gaps: [{ begin: 1000, end: 1500 }], derived: false, scaled: true };
    const sheet = sheetGeometry({ width: 1292, height: 980, dpr: 1 }, { layout: '12x1', speed_mm_s: 25, gain_mm_mv: 10 }, 0, 10);
    const lines = segmentPolylines(sheet, sheet.segments.find((s) => s.lead === 'II')!, lead, 500);
    expect(lines.length).toBe(2);
    for (const line of lines) for (const frame of line.frames) expect(frame < 1000 || frame >= 1500).toBe(true);
  });
});
