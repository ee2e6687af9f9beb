// Writes package-lock.json anew without the addresses of the registry it was made with, so that `npm ci` uses the one
// each machine is set to. The integrity of every package stays pinned.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const run = spawnSync('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund'], { cwd: web, stdio: 'inherit' });
if (run.status !== 0) process.exit(run.status ?? 1);
const file = resolve(web, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
