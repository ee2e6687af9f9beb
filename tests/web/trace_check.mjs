// Compares what a page painted with the recording it has: every vertex within half a pixel of where paper puts the
// sample, and ink on the canvas there.
import { check } from './browser.mjs';

const kSheetMm = 258; // 10 s at 25 mm/s, and the pulse with its margins
const kPulseBlockMm = 8;
const kTraceMm = 250;

export async function checkTrace(page, { speed, gain, columns }) {
  const painted = await page.evaluate(() => {
    const trace = document.querySelector('[data-trace]').getBoundingClientRect();
    return { width: trace.width, sheet: window.__ecg.sheet, vertices: window.__ecg.vertices(), samples: window.__ecg.samples() };
  });
  const px = painted.width / kSheetMm;
  const hz = painted.samples.sampling_hz;
  check(Math.abs(painted.sheet.px_per_mm - px) < 1e-6, `scale ${painted.sheet.px_per_mm} is not ${px} px/mm`);
  check(painted.vertices.length >= columns, `only ${painted.vertices.length} lines`);
  let worst = 0;
  let count = 0;
  for (const line of painted.vertices) {
    const segment = painted.sheet.segments.find((s) => s.row === line.row && s.lead === line.lead);
    const column = Math.round((segment.x / px - kPulseBlockMm) / (kTraceMm / columnsOf(painted.sheet, line.row)));
    const left = (kPulseBlockMm + (column * kTraceMm) / columnsOf(painted.sheet, line.row)) * px;
    const uv = painted.samples.leads[line.lead];
    for (let n = 0; n < line.frames.length; n++) {
      const x = left + (line.frames[n] / hz - segment.start_s) * speed * px;
      const y = segment.baseline_y - (uv[line.frames[n]] / 1000) * gain * px;
      worst = Math.max(worst, Math.abs(x - line.xy[2 * n]), Math.abs(y - line.xy[2 * n + 1]));
      count++;
    }
  }
  check(count > 1000, `only ${count} vertices`);
  check(worst <= 0.5, `a vertex stands ${worst.toFixed(2)} px from its place`);
  await checkInk(page);
  return { count, worst };
}

function columnsOf(sheet, row) {
  return sheet.segments.filter((s) => s.row === row).length;
}

// Dark pixels at the vertices: what was computed is also what was drawn.
async function checkInk(page) {
  const share = await page.evaluate(() => {
    const canvas = document.querySelector('[data-layer="trace"]');
    const context = canvas.getContext('2d');
    const dpr = canvas.width / canvas.getBoundingClientRect().width;
    let inked = 0;
    let asked = 0;
    for (const line of window.__ecg.vertices()) {
      for (let n = 0; n < line.xy.length; n += 40) {
        const x = Math.round(line.xy[n] * dpr);
        const y = Math.round(line.xy[n + 1] * dpr);
        if (x < 1 || y < 1 || x >= canvas.width - 1 || y >= canvas.height - 1) continue;
        asked++;
        const pixels = context.getImageData(x - 1, y - 1, 3, 3).data;
        let alpha = 0;
        for (let k = 3; k < pixels.length; k += 4) alpha = Math.max(alpha, pixels[k]);
        if (alpha > 60) inked++;
      }
    }
    return asked ? inked / asked : 0;
  });
  check(share > 0.99, `only ${(share * 100).toFixed(1)} % of the vertices have ink`);
}
