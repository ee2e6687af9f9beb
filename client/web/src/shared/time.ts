// Times as people read them. Dates look the same in both languages: 2026-11-21 14:02:31, local time.
import { timestampMs, type Timestamp } from '@bufbuild/protobuf/wkt';
import { w } from './words';

const two = (n: number) => String(n).padStart(2, '0');

export function ms(timestamp: Timestamp | undefined): number | undefined {
  return timestamp === undefined ? undefined : timestampMs(timestamp);
}

export function dateTime(at_ms: number): string {
  const d = new Date(at_ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(at_ms)}`;
}

export function clock(at_ms: number): string {
  const d = new Date(at_ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

// Time alone for today, with the date otherwise.
export function shortTime(at_ms: number, now_ms: number): string {
  return new Date(at_ms).toDateString() === new Date(now_ms).toDateString() ? clock(at_ms) : dateTime(at_ms).slice(5, 16);
}

// The same of a time that may not be known: never the year 1970.
export function knownTime(timestamp: Timestamp | undefined, now_ms: number): string {
  return timestamp === undefined ? w().unknown : shortTime(timestampMs(timestamp), now_ms);
}

// 01:12, 1:02:11, "3 d 04:10": a waiting time.
export function duration(span_ms: number): string {
  const s = Math.max(0, Math.floor(span_ms / 1000));
  const days = Math.floor(s / 86400);
  const h = Math.floor((s % 86400) / 3600);
  const m = Math.floor((s % 3600) / 60);
  if (days > 0) return `${days} d ${two(h)}:${two(m)}`;
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
}
