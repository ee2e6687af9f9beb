// The one key handler of a page. An action is an object; tool bars, keys and help read the same registry.
import { untrack } from 'svelte';
import { isIme } from './ime';

export interface Action {
  id: string;
  keys: string[]; // "Space", "Ctrl+Enter", "Alt+K", "1", "?" ...
  label: () => string;
  // Where the keys act: everywhere; only outside text fields with the focus on the page or the trace area; or only
  // inside an element marked data-scope with this name.
  scope: 'global' | 'trace' | { inside: string };
  available: () => boolean;
  perform: () => void;
  repeats?: boolean; // a key held down goes on acting
}

export type KeyStroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey' | 'isComposing' | 'keyCode'>;

// "Ctrl+Enter", "Alt+K", "Space", "a", "?" for a key event.
export function strokeName(event: KeyStroke): string {
  let key = event.key === ' ' ? 'Space' : event.key;
  if (event.altKey && /^Key[A-Z]$/.test(event.code)) key = event.code.slice(3);
  const held = [event.ctrlKey && 'Ctrl', event.altKey && 'Alt', event.metaKey && 'Meta'].filter(Boolean) as string[];
  if (held.length > 0 && key.length === 1) key = key.toUpperCase();
  if (event.shiftKey && key.length > 1) held.push('Shift');
  return [...held, key].join('+');
}

function same(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

const kEditable = 'input, textarea, select, [contenteditable]';
const kControls = 'button, a[href], summary, [role="button"], [role="tab"]';

export interface Focus {
  editable: boolean;
  control: boolean;
  scopes: string[]; // data-scope of the focused element and its parents
}

export function focusOf(element: Element | null): Focus {
  if (!element) return { editable: false, control: false, scopes: [] };
  const scopes: string[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) {
    const scope = at.getAttribute('data-scope');
    if (scope) scopes.push(scope);
  }
  return { editable: element.matches(kEditable), control: element.matches(kControls), scopes };
}

// Which action a key means; undefined = none, the browser keeps it.
export function actionFor(actions: Action[], event: KeyStroke, focus: Focus): Action | undefined {
  if (isIme(event)) return undefined;
  const stroke = strokeName(event);
  const held = event.ctrlKey || event.altKey || event.metaKey;
  const candidates = actions.filter((a) => a.keys.some((k) => same(k, stroke)) && a.available());
  const inside = candidates.find((a) => typeof a.scope === 'object' && focus.scopes.includes(a.scope.inside));
  if (inside) return inside;
  return candidates.find((a) => {
    if (typeof a.scope === 'object') return false;
    if (a.scope === 'global') return held || event.key === 'Escape' || !focus.editable;
    if (focus.editable) return false;
    if (focus.control && (stroke === 'Space' || stroke === 'Enter')) return false;
    return true;
  });
}

class Shortcuts {
  pressed: () => void = () => {}; // told of every key: somebody works
  #groups = $state.raw<{ id: string; actions: Action[] }[]>([]);

  get actions(): Action[] {
    return this.#groups.flatMap((g) => g.actions);
  }

  // Adds or replaces a group of actions; the answer removes it.
  register(id: string, actions: Action[]): () => void {
    this.#put([...this.#others(id), { id, actions }]);
    return () => this.#put(this.#others(id));
  }

  // Registering from an effect must not make that effect depend on the registry.
  #others(id: string): { id: string; actions: Action[] }[] {
    return untrack(() => this.#groups.filter((g) => g.id !== id));
  }

  #put(groups: { id: string; actions: Action[] }[]): void {
    this.#groups = groups;
  }

  listen(target: Window): () => void {
    const handle = (event: KeyboardEvent) => {
      this.pressed();
      const action = actionFor(this.actions, event, focusOf(document.activeElement));
      if (!action) return;
      event.preventDefault();
      if (!event.repeat || action.repeats) action.perform();
    };
    target.addEventListener('keydown', handle);
    return () => target.removeEventListener('keydown', handle);
  }
}

export const shortcuts = new Shortcuts();
