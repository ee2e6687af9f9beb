// From (speed, gain, px/mm, layout) to coordinates: the one place that knows where a sample stands on the sheet.
// All lengths are CSS pixels unless the name says mm; x grows right, y grows down; px/mm is equal on both axes.
import { layoutRows, type LayoutId } from './layout';
import type { LeadName } from './leads';

export const kSpeeds = [12.5, 25, 50] as const; // mm/s
export const kGains = [2.5, 5, 10, 20] as const; // mm/mV

export const kPulseWidthMm = 5; // 200 ms at 25 mm/s; drawn 5 mm wide at every speed
export const kPulseLeadMm = 1.5; // flat stretch on each side of the pulse
export const kPulseBlockMm = kPulseWidthMm + 2 * kPulseLeadMm;
export const kTraceWidthMm = 250; // 10 s at 25 mm/s
export const kSheetWidthMm = kPulseBlockMm + kTraceWidthMm;
export const kCssPxPerMm = 96 / 25.4; // a CSS millimetre; not a real one on an uncalibrated screen

export interface Presentation {
  speed_mm_s: number;
  gain_mm_mv: number;
  layout: LayoutId;
}

export interface Viewport {
  width: number;
  height: number;
  dpr: number;
}

// One lead over one stretch of time on the sheet.
export interface Segment {
  lead: LeadName;
  row: number;
  x: number; // of start_s
  width: number;
  baseline_y: number; // of 0 mV
  top: number;
  bottom: number;
  start_s: number;
  end_s: number; // exclusive
}

export interface Pulse {
  points: { x: number; y: number }[];
}

export interface Sheet {
  px_per_mm: number;
  px_per_s: number;
  px_per_mv: number;
  width: number;
  height: number;
  dpr: number;
  segments: Segment[];
  pulses: Pulse[];
}

// Largest scale at which 10 s at 25 mm/s with the pulse fit the width.
export function fitScale(viewport: Viewport): number {
  return viewport.width / kSheetWidthMm;
}

// Seconds that one row of the sheet shows.
export function visibleSeconds(presentation: Presentation): number {
  return kTraceWidthMm / presentation.speed_mm_s;
}

// Columns follow each other in time. Where the recording is too short for all of them, the last columns repeat the last
// stretch instead of staying empty; each segment says which time it shows.
function columnStart(start_s: number, column: number, column_s: number, duration_s: number): number {
  const wanted = start_s + column * column_s;
  return Math.max(start_s, Math.min(wanted, duration_s - column_s));
}

export function sheetGeometry(viewport: Viewport, presentation: Presentation, start_s: number, duration_s: number): Sheet {
  const px_per_mm = fitScale(viewport);
  const rows = layoutRows(presentation.layout);
  const row_height_mm = viewport.height / px_per_mm / rows.length;
  const px_per_s = presentation.speed_mm_s * px_per_mm;
  const px_per_mv = presentation.gain_mm_mv * px_per_mm;
  const segments: Segment[] = [];
  const pulses: Pulse[] = [];
  rows.forEach((row, r) => {
    // Baselines stand on whole millimetres so that the pulse stands on the grid.
    const baseline_y = Math.round((r + 0.55) * row_height_mm) * px_per_mm;
    const column_mm = kTraceWidthMm / row.leads.length;
    const column_s = column_mm / presentation.speed_mm_s;
    row.leads.forEach((lead, c) => {
      const from = columnStart(start_s, c, column_s, duration_s);
      segments.push({
        lead,
        row: r,
        x: (kPulseBlockMm + c * column_mm) * px_per_mm,
        width: column_mm * px_per_mm,
        baseline_y,
        top: r * row_height_mm * px_per_mm,
        bottom: (r + 1) * row_height_mm * px_per_mm,
        start_s: from,
        end_s: Math.min(from + column_s, duration_s),
      });
    });
    pulses.push(pulseAt(baseline_y, px_per_mm, px_per_mv));
  });
  return { px_per_mm, px_per_s, px_per_mv, width: viewport.width, height: viewport.height, dpr: viewport.dpr, segments, pulses };
}

// 1 mV high, 5 mm wide.
function pulseAt(baseline_y: number, px_per_mm: number, px_per_mv: number): Pulse {
  const left = kPulseLeadMm * px_per_mm;
  const right = (kPulseLeadMm + kPulseWidthMm) * px_per_mm;
  const top = baseline_y - px_per_mv;
  return {
    points: [
      { x: 0, y: baseline_y },
      { x: left, y: baseline_y },
      { x: left, y: top },
      { x: right, y: top },
      { x: right, y: baseline_y },
      { x: kPulseBlockMm * px_per_mm, y: baseline_y },
    ],
  };
}

export function sampleX(sheet: Sheet, segment: Segment, frame: number, sampling_hz: number): number {
  return segment.x + (frame / sampling_hz - segment.start_s) * sheet.px_per_s;
}

export function sampleY(sheet: Sheet, segment: Segment, uv: number): number {
  return segment.baseline_y - (uv / 1000) * sheet.px_per_mv;
}
