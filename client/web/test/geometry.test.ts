import { describe, expect, it } from 'vitest';
import { kGains, kPulseBlockMm, kSpeeds, sheetGeometry, sampleX, sampleY } from '../src/ecg/geometry';
import { kLayouts, type LayoutId } from '../src/ecg/layout';
import { segmentPolylines } from '../src/ecg/path';
import type { TraceLead } from '../src/ecg/recording';

const kHz = 500;
const kFrames = 5000;

// 1 mV square wave of 0.5 Hz with a 5 Hz sine of 0.4 mV on it, in microvolts.
function signal(): Float32Array {
  const uv = new Float32Array(kFrames);
  for (let k = 0; k < kFrames; k++) uv[k] = (k % 1000 < 500 ? 1000 : 0) + 400 * Math.sin((2 * Math.PI * 5 * k) / kHz);
  return uv;
}

// The same lead stands in every place, so that every segment has vertices.
const lead: TraceLead = { name: 'II', uv: signal(), gaps: [], derived: false, scaled: true };

// The rule of the paper, written down a second time and independently of the module: millimetres from the start of a
// column, and from the baseline.
function paperMm(frame: number, start_s: number, uv: number, speed: number, gain: number) {
  return { x: (frame / kHz - start_s) * speed, y: (uv / 1000) * gain };
}

describe('geometry', () => {
  const views = [
    { width: 1292, height: 980 },
    { width: 1066, height: 640 },
  ];
  for (const layout of kLayouts)
    for (const speed_mm_s of kSpeeds)
      for (const gain_mm_mv of kGains)
        for (const dpr of [1, 1.5, 2])
          it(`${layout} ${speed_mm_s} mm/s ${gain_mm_mv} mm/mV at ${dpr} puts every vertex within half a pixel of paper`, () => {
            let worst = 0;
            let vertices = 0;
            for (const view of views) {
              const sheet = sheetGeometry({ ...view, dpr }, { layout, speed_mm_s, gain_mm_mv }, 0, kFrames / kHz);
              const px = view.width / 258;
              expect(sheet.px_per_mm).toBeCloseTo(px, 9);
              for (const segment of sheet.segments) {
                for (const line of segmentPolylines(sheet, segment, lead, kHz)) {
                  for (let n = 0; n < line.frames.length; n++) {
                    const want = paperMm(line.frames[n], segment.start_s, lead.uv[line.frames[n]], speed_mm_s, gain_mm_mv);
                    const dx = Math.abs(line.xy[2 * n] - (segment.x + want.x * px));
                    const dy = Math.abs(line.xy[2 * n + 1] - (segment.baseline_y - want.y * px));
                    worst = Math.max(worst, dx, dy);
                    vertices++;
                  }
                }
              }
            }
            expect(vertices).toBeGreaterThan(100);
            expect(worst).toBeLessThan(0.5);
          });

  it('draws the pulse 5 mm wide and 1 mV high, on the grid', () => {
    const sheet = sheetGeometry({ width: 258 * 4, height: 640, dpr: 1 }, { layout: '3x4+1', speed_mm_s: 25, gain_mm_mv: 10 }, 0, 10);
    for (const pulse of sheet.pulses) {
      const [, a, b, c, d] = pulse.points;
      expect((c.x - b.x) / sheet.px_per_mm).toBeCloseTo(5, 9);
      expect((a.y - b.y) / sheet.px_per_mm).toBeCloseTo(10, 9);
      expect(d.y).toBe(a.y);
      expect(a.y / sheet.px_per_mm).toBeCloseTo(Math.round(a.y / sheet.px_per_mm), 9);
    }
  });

  it('has the same millimetre on both axes at every size', () => {
    for (const width of [700, 1066, 1292, 1920]) {
      const sheet = sheetGeometry({ width, height: 600, dpr: 1 }, { layout: '12x1', speed_mm_s: 50, gain_mm_mv: 20 }, 0, 10);
      expect(sheet.px_per_s / 50).toBeCloseTo(sheet.px_per_mv / 20, 9);
    }
  });

  const columns: [LayoutId, number, number[]][] = [
    ['3x4+1', 25, [0, 2.5, 5, 7.5]],
    ['3x4+1', 50, [0, 1.25, 2.5, 3.75]],
    ['3x4+1', 12.5, [0, 5, 5, 5]],
    ['6x2', 25, [0, 5]],
    ['12x1', 25, [0]],
  ];
  it.each(columns)('%s at %d mm/s starts its columns at %j s of a 10 s recording', (layout, speed_mm_s, starts) => {
    const sheet = sheetGeometry({ width: 1292, height: 980, dpr: 1 }, { layout, speed_mm_s, gain_mm_mv: 10 }, 0, 10);
    expect(sheet.segments.filter((s) => s.row === 0).map((s) => s.start_s)).toEqual(starts);
  });

  it('never runs past the end of a short recording', () => {
    const sheet = sheetGeometry({ width: 1292, height: 980, dpr: 1 }, { layout: '3x4+1', speed_mm_s: 25, gain_mm_mv: 10 }, 0, 4);
    for (const segment of sheet.segments) {
      expect(segment.start_s).toBeGreaterThanOrEqual(0);
      expect(segment.end_s).toBeLessThanOrEqual(4);
    }
  });

  it('begins the trace right of the pulse', () => {
    const sheet = sheetGeometry({ width: 1292, height: 980, dpr: 1 }, { layout: '12x1', speed_mm_s: 25, gain_mm_mv: 10 }, 0, 10);
    expect(sampleX(sheet, sheet.segments[0], 0, kHz)).toBeCloseTo(kPulseBlockMm * sheet.px_per_mm, 9);
    expect(sampleY(sheet, sheet.segments[0], 0)).toBe(sheet.segments[0].baseline_y);
  });
});
