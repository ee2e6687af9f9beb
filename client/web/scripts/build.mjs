// Builds the three pages into dist, each as a bundle of its own.
import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
rmSync(join(web, 'dist'), { recursive: true, force: true });
for (const page of ['reader', 'clinic', 'admin']) {
  process.env.ECG_PAGE = page;
  await build({ root: web, logLevel: 'warn' });
}
