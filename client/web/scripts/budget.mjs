// Fails the build when a page with all it loads is larger than its budget (JavaScript and CSS, gzip).
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../dist');
const budgetKb = { reader: 120, clinic: 80, admin: 120 };

function assetsOf(page) {
  const html = readFileSync(join(dist, `${page}.html`), 'utf8');
  if (/<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/.test(html)) throw new Error(`${page}.html has inline code or style`);
  const found = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]));
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(join(dist, file), 'utf8');
    for (const m of text.matchAll(/from\s*"\.\/([^"]+\.js)"|import\s*"\.\/([^"]+\.js)"/g)) found.add(`assets/${m[1] ?? m[2]}`);
  }
  return [...found];
}

let failed = false;
for (const [page, limit] of Object.entries(budgetKb)) {
  const bytes = assetsOf(page).reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
  const kb = bytes / 1000;
  const over = kb > limit;
  failed ||= over;
  console.log(`${page.padEnd(7)} ${kb.toFixed(1).padStart(6)} kB gzip of ${limit}${over ? '  OVER BUDGET' : ''}`);
}
process.exit(failed ? 1 : 0);
