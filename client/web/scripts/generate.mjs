// Makes the TypeScript messages and service descriptors in src/gen from proto/ecg/v1.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const proto = resolve(web, '../../proto');
const out = join(web, 'src/gen');
const files = readdirSync(join(proto, 'ecg/v1'))
  .filter((name) => name.endsWith('.proto'))
  .map((name) => join(proto, 'ecg/v1', name));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const run = spawnSync(
  'protoc',
  ['-I', proto, `--plugin=protoc-gen-es=${join(web, 'node_modules/.bin/protoc-gen-es')}`, `--es_out=${out}`, '--es_opt=target=ts', ...files],
  { stdio: 'inherit' },
);
if (run.error) {
  console.error(`protoc could not be started: ${run.error.message}\nnext: install protobuf-compiler`);
  process.exit(1);
}
process.exit(run.status ?? 1);
