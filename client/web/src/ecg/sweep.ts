// Geometry of the live view: each lead runs through its own strip from left to right and begins again; a blank bar
// runs ahead of the newest sample. Same scale rules as the sheet: px/mm equal on both axes.
import type { LiveRing } from './live';
import type { LeadName } from './leads';

const kColumns: LeadName[][] = [
  ['I', 'II', 'III', 'aVR', 'aVL', 'aVF'],
  ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'],
];
const kRowMm = 15;
const kEraseMm = 6;
export const kLabelPx = 34; // left of each strip, for the lead's name: no trace runs over it

export interface SweepSheet {
  px_per_mm: number;
  strip_s: number; // seconds a strip holds
  strips: { lead: LeadName; x: number; width: number; baseline_y: number }[];
}

export function sweepGeometry(width: number, height: number, speed_mm_s: number): SweepSheet {
  const rows = kColumns[0].length;
  const px_per_mm = Math.max(1.6, height / (rows * kRowMm));
  const strip_width = Math.max(1, width / kColumns.length - kLabelPx);
  const strips = kColumns.flatMap((leads, c) =>
    leads.map((lead, r) => ({
      lead,
      x: c * (strip_width + kLabelPx) + kLabelPx,
      width: strip_width,
      baseline_y: Math.round((r + 0.55) * (height / rows / px_per_mm)) * px_per_mm,
    })),
  );
  return { px_per_mm, strip_s: strip_width / px_per_mm / speed_mm_s, strips };
}

// Vertices of one strip: [x0, y0, x1, y1, ...] per unbroken stretch.
export function sweepLines(sheet: SweepSheet, strip: SweepSheet['strips'][number], ring: LiveRing, speed_mm_s: number, gain_mm_mv: number): number[][] {
  const uv = ring.uv.get(strip.lead);
  if (!uv) return [];
  const per_strip = Math.min(ring.capacity, Math.floor(sheet.strip_s * ring.sampling_hz));
  if (per_strip < 2) return [];
  const erase = Math.ceil((kEraseMm / speed_mm_s) * ring.sampling_hz);
  const oldest = Math.max(0, ring.next_frame - per_strip + erase);
  const px_per_frame = (speed_mm_s * sheet.px_per_mm) / ring.sampling_hz;
  const px_per_uv = (gain_mm_mv * sheet.px_per_mm) / 1000;
  const lines: number[][] = [];
  const turn = Math.floor((ring.next_frame - 1) / per_strip) * per_strip;
  let line: number[] = [];
  const endLine = () => {
    if (line.length > 0) lines.push(line);
    line = [];
  };
  for (let k = oldest; k < ring.next_frame; k++) {
    if (k === turn) endLine();
    const value = uv[k % ring.capacity];
    if (Number.isNaN(value)) endLine();
    else line.push(strip.x + (k % per_strip) * px_per_frame, strip.baseline_y - value * px_per_uv);
  }
  endLine();
  return lines;
}
