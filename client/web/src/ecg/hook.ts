// What browser tests read of the painted trace: numbers, not pixels.
import type { Polyline } from './path';
import type { Sheet } from './geometry';
import type { TraceData } from './recording';

export interface PaintedTrace {
  paintedId: string; // study whose trace is on the canvas; set after the last stroke
  paintedAt: number;
  sheet: Sheet | null;
  vertices: () => { lead: string; row: number; frames: number[]; xy: number[] }[];
  samples: () => { sampling_hz: number; leads: Record<string, number[]> };
}

declare global {
  interface Window {
    __ecg?: PaintedTrace;
  }
}

export function announcePainted(id: string, sheet: Sheet, lines: Polyline[], data: TraceData): void {
  // A macrotask after the frame: the strokes are on the screen then.
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      window.__ecg = {
        paintedId: id,
        paintedAt: performance.now(),
        sheet,
        vertices: () => lines.map((l) => ({ lead: l.lead, row: l.row, frames: [...l.frames], xy: [...l.xy] })),
        samples: () => ({
          sampling_hz: data.sampling_hz,
          leads: Object.fromEntries([...data.leads.values()].map((l) => [l.name, [...l.uv]])),
        }),
      };
      channel.port1.close();
    };
    channel.port2.postMessage(0);
  });
}

export function announceCleared(): void {
  delete window.__ecg;
}
