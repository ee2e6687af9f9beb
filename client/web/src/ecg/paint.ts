// Strokes on a canvas. Takes numbers and draws them; decides nothing about time, leads or scale.
import type { Polyline } from './path';
import type { Pulse } from './geometry';

export interface Paper {
  sheet: string;
  minor: string;
  major: string;
  ink: string;
  faint: string;
}

export const kPaper: Paper = { sheet: '#fffdfb', minor: '#f6d5d0', major: '#e8a79f', ink: '#111111', faint: '#6b3a33' };

const kFont = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif';

// Sets the backing store to device pixels and the drawing unit to CSS pixels.
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number, dpr: number): CanvasRenderingContext2D {
  const w = Math.max(1, Math.round(width * dpr));
  const h = Math.max(1, Math.round(height * dpr));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  return context;
}

// Lines each millimetre, heavier each five, snapped to device pixels.
export function paintGrid(context: CanvasRenderingContext2D, width: number, height: number, px_per_mm: number, dpr: number, paper: Paper): void {
  context.fillStyle = paper.sheet;
  context.fillRect(0, 0, width, height);
  const thin = 1 / dpr;
  for (const major of [false, true]) {
    context.fillStyle = major ? paper.major : paper.minor;
    const step = major ? 5 : 1;
    for (let mm = 0; mm * px_per_mm <= width; mm += step) context.fillRect(Math.round(mm * px_per_mm * dpr) / dpr, 0, thin, height);
    for (let mm = 0; mm * px_per_mm <= height; mm += step) context.fillRect(0, Math.round(mm * px_per_mm * dpr) / dpr, width, thin);
  }
}

// 0.3 mm at scale, at least one device pixel.
export function lineWidth(px_per_mm: number, dpr: number): number {
  return Math.max(0.3 * px_per_mm, 1 / dpr);
}

export function paintPolylines(context: CanvasRenderingContext2D, lines: Polyline[], px_per_mm: number, dpr: number, paper: Paper): void {
  context.strokeStyle = paper.ink;
  context.lineWidth = lineWidth(px_per_mm, dpr);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const { xy } of lines) {
    context.beginPath();
    for (let n = 0; n < xy.length; n += 2) {
      if (n === 0) context.moveTo(xy[0], xy[1]);
      else context.lineTo(xy[n], xy[n + 1]);
    }
    context.stroke();
  }
}

export function paintPulses(context: CanvasRenderingContext2D, pulses: Pulse[], px_per_mm: number, dpr: number, paper: Paper): void {
  context.strokeStyle = paper.ink;
  context.lineWidth = lineWidth(px_per_mm, dpr);
  context.lineJoin = 'miter';
  for (const pulse of pulses) {
    context.beginPath();
    pulse.points.forEach((p, n) => (n === 0 ? context.moveTo(p.x, p.y) : context.lineTo(p.x, p.y)));
    context.stroke();
  }
}

export function paintText(context: CanvasRenderingContext2D, text: string, x: number, y: number, options: { size: number; bold?: boolean; colour: string; centred?: boolean; halo?: string }): void {
  context.font = `${options.bold ? '600 ' : ''}${options.size}px ${kFont}`;
  context.textAlign = options.centred ? 'center' : 'left';
  context.textBaseline = 'alphabetic';
  if (options.halo) {
    context.strokeStyle = options.halo;
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeText(text, x, y);
  }
  context.fillStyle = options.colour;
  context.fillText(text, x, y);
}

// A stretch without signal: slanted lines, never a flat one.
export function paintGap(context: CanvasRenderingContext2D, x: number, width: number, y: number, height: number, colour: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = x - height; at < x + width; at += 7) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}
