import { describe, expect, it } from 'vitest';
import { admin_en, admin_zh } from '../src/admin/words';
import { clinic_en, clinic_zh } from '../src/clinic/words';
import { scenario_en, scenario_zh } from '../src/clinic/scenarios';
import { reader_en, reader_zh } from '../src/reader/words';
import { shared_en, shared_zh } from '../src/shared/words';

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, value] of Object.entries(tree)) {
    if (value && typeof value === 'object') for (const [k, v] of leaves(value as Tree, `${path}${key}.`)) found.set(k, v);
    else found.set(path + key, value);
  }
  return found;
}

// Any parameter answers with a word that must then stand in the sentence.
function rendered(value: unknown): string {
  if (typeof value !== 'function') return String(value);
  return value(new Proxy({}, { get: (_, name) => (typeof name === 'string' ? 7 : undefined) }));
}

describe.each([
  ['shared', shared_zh, shared_en],
  ['reader', reader_zh, reader_en],
  ['clinic', clinic_zh, clinic_en],
  ['admin', admin_zh, admin_en],
  ['scenarios', scenario_zh, scenario_en],
])('%s words', (_, zh, en) => {
  const a = leaves(zh as Tree);
  const b = leaves(en as Tree);

  it('are the same in both languages', () => {
    expect([...b.keys()].sort()).toEqual([...a.keys()].sort());
    for (const [key, value] of a) expect(typeof b.get(key), key).toBe(typeof value);
  });

  it('are never empty and never left in the other language', () => {
    for (const [key, value] of a) expect(rendered(value).trim(), key).not.toBe('');
    for (const [key, value] of b) {
      expect(rendered(value).trim(), key).not.toBe('');
      if (!['other_language', 'switch_language'].includes(key)) expect(rendered(value), key).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('use every parameter in both', () => {
    for (const [key, value] of a) {
      if (typeof value !== 'function') continue;
      const names = (f: unknown) => [...new Set([...String(f).matchAll(/p\.(\w+)/g)].map((m) => m[1]))].sort();
      expect(names(b.get(key)), key).toEqual(names(value));
    }
  });
});
