// Polylines through samples. Where several samples fall on one device pixel column only the first, lowest, highest and
// last of them are kept: the picture is the same, and a pacing spike or an R peak survives. No vertex is invented: every
// one is a sample at its exact place.
import type { Interval, TraceLead } from './recording';
import { sampleX, sampleY, type Segment, type Sheet } from './geometry';

export interface Polyline {
  lead: string;
  row: number;
  xy: Float64Array; // x0 y0 x1 y1 ...
  frames: Uint32Array; // the sample each vertex stands for
}

// The stretches of [begin, end) outside the gaps.
export function stretches(begin: number, end: number, gaps: Interval[]): Interval[] {
  const result: Interval[] = [];
  let at = begin;
  for (const gap of gaps) {
    if (gap.end <= at) continue;
    if (gap.begin >= end) break;
    if (gap.begin > at) result.push({ begin: at, end: gap.begin });
    at = Math.max(at, gap.end);
  }
  if (at < end) result.push({ begin: at, end });
  return result;
}

// Frames of [begin, end) to draw when one frame is `columns_per_frame` device pixel columns wide.
export function keptFrames(uv: ArrayLike<number>, begin: number, end: number, columns_per_frame: number, column_origin: number): number[] {
  const kept: number[] = [];
  if (columns_per_frame >= 1) {
    for (let k = begin; k < end; k++) kept.push(k);
    return kept;
  }
  let k = begin;
  while (k < end) {
    const column = Math.floor(column_origin + (k - begin) * columns_per_frame);
    const first = k;
    let low = k;
    let high = k;
    while (k < end && Math.floor(column_origin + (k - begin) * columns_per_frame) === column) {
      if (uv[k] < uv[low]) low = k;
      if (uv[k] > uv[high]) high = k;
      k++;
    }
    const last = k - 1;
    const inner = low < high ? [low, high] : [high, low];
    let previous = -1;
    for (const frame of [first, ...inner, last]) {
      if (frame > previous) {
        kept.push(frame);
        previous = frame;
      }
    }
  }
  return kept;
}

export function segmentPolylines(sheet: Sheet, segment: Segment, lead: TraceLead, sampling_hz: number): Polyline[] {
  if (!lead.scaled) return [];
  const begin = Math.max(0, Math.ceil(segment.start_s * sampling_hz - 1e-6));
  const end = Math.min(lead.uv.length, Math.ceil(segment.end_s * sampling_hz - 1e-6));
  const columns_per_frame = (sheet.px_per_s * sheet.dpr) / sampling_hz;
  return stretches(begin, end, lead.gaps).map((part) => {
    const origin = sampleX(sheet, segment, part.begin, sampling_hz) * sheet.dpr;
    const frames = keptFrames(lead.uv, part.begin, part.end, columns_per_frame, origin);
    const xy = new Float64Array(frames.length * 2);
    frames.forEach((frame, n) => {
      xy[2 * n] = sampleX(sheet, segment, frame, sampling_hz);
      xy[2 * n + 1] = sampleY(sheet, segment, lead.uv[frame]);
    });
    return { lead: segment.lead, row: segment.row, xy, frames: Uint32Array.from(frames) };
  });
}
