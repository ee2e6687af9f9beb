import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { isIme } from '../src/shared/ime';
import { actionFor, shortcuts, strokeName, type Action, type Focus, type KeyStroke } from '../src/shared/shortcuts.svelte';

const nowhere: Focus = { editable: false, control: false, scopes: [] };
const box: Focus = { editable: true, control: false, scopes: ['picker'] };
const button: Focus = { editable: false, control: true, scopes: [] };

function key(name: string, held: Partial<KeyStroke> = {}): KeyStroke {
  return { key: name, code: /^[a-z]$/i.test(name) ? `Key${name.toUpperCase()}` : name, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, isComposing: false, keyCode: 0, ...held };
}

function action(id: string, keys: string[], scope: Action['scope'], available = true): Action {
  return { id, keys, scope, label: () => id, available: () => available, perform: () => {} };
}

const actions = [
  action('take_next', ['Space'], 'trace'),
  action('normal', ['n'], 'trace'),
  action('sign', ['Ctrl+Enter'], 'global'),
  action('critical', ['Alt+K'], 'global'),
  action('accept', ['Enter'], { inside: 'picker' }),
];
const meant = (event: KeyStroke, focus: Focus) => actionFor(actions, event, focus)?.id;

describe('keys', () => {
  it('no key acts while an input method composes, by either sign', () => {
    for (const sign of [{ isComposing: true }, { keyCode: 229 }]) {
      expect(isIme(key('Enter', sign))).toBe(true);
      expect(meant(key('Enter', sign), box)).toBeUndefined();
      expect(meant(key('Enter', { ...sign, ctrlKey: true }), box)).toBeUndefined();
    }
    expect(isIme(key('Enter'))).toBe(false);
  });

  it('a bare Enter never signs', () => {
    for (const focus of [nowhere, box, button, { editable: true, control: false, scopes: [] }]) expect(meant(key('Enter'), focus)).not.toBe('sign');
    expect(meant(key('Enter', { ctrlKey: true }), box)).toBe('sign');
  });

  it('single letters type in text fields and act outside them', () => {
    expect(meant(key('n'), box)).toBeUndefined();
    expect(meant(key('n'), nowhere)).toBe('normal');
  });

  it('Space presses a focused button instead of taking the next study', () => {
    expect(meant(key(' '), button)).toBeUndefined();
    expect(meant(key(' '), nowhere)).toBe('take_next');
  });

  it('an action that is not available does not take its key', () => {
    expect(actionFor([action('x', ['n'], 'trace', false)], key('n'), nowhere)).toBeUndefined();
  });

  it('a key held down acts once, unless it scrolls', () => {
    let handle: (event: unknown) => void = () => {};
    const done: string[] = [];
    vi.stubGlobal('document', { activeElement: null });
    const off = shortcuts.register('held', [
      { ...action('sign', ['Ctrl+Enter'], 'global'), perform: () => done.push('sign') },
      { ...action('later', ['ArrowRight'], 'trace'), perform: () => done.push('later'), repeats: true },
    ]);
    shortcuts.listen({ addEventListener: (_: string, f: typeof handle) => (handle = f), removeEventListener: () => {} } as unknown as Window);
    for (const repeat of [false, true, true]) {
      handle({ ...key('Enter', { ctrlKey: true }), repeat, preventDefault: () => {} });
      handle({ ...key('ArrowRight'), repeat, preventDefault: () => {} });
    }
    off();
    vi.unstubAllGlobals();
    expect(done).toEqual(['sign', 'later', 'later', 'later']);
  });

  it('knows Alt with a letter on every layout', () => {
    expect(strokeName(key('˚', { altKey: true, code: 'KeyK' }))).toBe('Alt+K');
    expect(meant(key('k', { altKey: true }), box)).toBe('critical');
  });

  it('only the dispatcher listens to keys', () => {
    const source = fileURLToPath(new URL('../src', import.meta.url));
    const offenders: string[] = [];
    const walk = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (entry.name !== 'gen') walk(path);
        } else if (!path.endsWith('shortcuts.svelte.ts') && /onkey(down|up|press)|['"]key(down|up|press)['"]/.test(readFileSync(path, 'utf8'))) offenders.push(path);
      }
    };
    walk(source);
    expect(offenders).toEqual([]);
  });
});
