import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { LeadCode, RecordingFormatSchema } from '../src/gen/ecg/v1/recording_pb';
import { LiveRing } from '../src/ecg/live';
import { kLabelPx, sweepGeometry, sweepLines } from '../src/ecg/sweep';

const format = create(RecordingFormatSchema, { samplingHz: 500, leads: [{ lead: LeadCode.I, uvPerLsb: 5 }, { lead: LeadCode.II, uvPerLsb: 5 }] });

function block(first: number, values: [number, number][], lead_off = 0) {
  const samples = new Int16Array(values.flat());
  return { firstFrame: BigInt(first), frameCount: values.length, samples: new Uint8Array(samples.buffer), leadOff: lead_off };
}

describe('live samples', () => {
  it('are frame-major, scaled, and derive the limb leads', () => {
    const ring = new LiveRing(format, 1);
    ring.push(block(0, [[10, 30], [20, 10]]));
    expect(ring.uv.get('I')![1]).toBe(100);
    expect(ring.uv.get('III')![0]).toBe(100);
    expect(ring.uv.get('aVR')![0]).toBe(-100);
    expect(ring.next_frame).toBe(2);
  });

  it('a jump in frame numbers is a gap, and a lead that is off has no samples', () => {
    const ring = new LiveRing(format, 1);
    ring.push(block(0, [[1, 1]]));
    ring.push(block(5, [[2, 2]], 0b10));
    expect(ring.uv.get('I')![3]).toBeNaN();
    expect(ring.uv.get('I')![5]).toBe(10);
    expect(ring.uv.get('II')![5]).toBeNaN();
    expect(ring.uv.get('aVF')![5]).toBeNaN();
  });

  it('a lead of unknown sensitivity is no flat line', () => {
    const unscaled = create(RecordingFormatSchema, { samplingHz: 500, leads: [{ lead: LeadCode.I, uvPerLsb: 0 }, { lead: LeadCode.II, uvPerLsb: 5 }] });
    const ring = new LiveRing(unscaled, 1);
    ring.push(block(0, [[10, 30]]));
    expect(ring.uv.get('I')![0]).toBeNaN();
    expect(ring.uv.get('II')![0]).toBe(150);
  });

  it('no strip reaches into the names beside it', () => {
    const { strips } = sweepGeometry(900, 300, 25);
    const left = strips.find((s) => s.lead === 'I')!;
    const right = strips.find((s) => s.lead === 'V1')!;
    expect(left.x).toBeGreaterThanOrEqual(kLabelPx);
    expect(right.x - (left.x + left.width)).toBeGreaterThanOrEqual(kLabelPx);
    expect(right.x + right.width).toBeLessThanOrEqual(900.001);
  });

  it('the strip never joins the newest sample with the oldest', () => {
    const ring = new LiveRing(format, 10);
    for (let k = 0; k < 4800; k += 40) ring.push(block(k, Array.from({ length: 40 }, () => [0, 0] as [number, number])));
    const sheet = sweepGeometry(900, 300, 25);
    const strip = sheet.strips.find((s) => s.lead === 'II')!;
    for (const line of sweepLines(sheet, strip, ring, 25, 10))
      for (let n = 2; n < line.length; n += 2) {
        expect(line[n]).toBeGreaterThan(line[n - 2]);
        expect(line[n]).toBeLessThanOrEqual(strip.x + strip.width + 1);
      }
  });
});
