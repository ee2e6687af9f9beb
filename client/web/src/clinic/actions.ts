// What a clinic operator can do by key.
import type { Action } from '../shared/shortcuts.svelte';
import { w } from '../shared/words';
import { clinic } from './clinic.svelte';
import { desk } from './desk.svelte';
import { examination } from './examination.svelte';
import { t } from './words';

function press(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

export function makeActions(): Action[] {
  return [
    { id: 'start', keys: ['Space'], label: () => t().start, scope: 'trace', available: () => examination.can_start, perform: () => void examination.begin() },
    { id: 'send', keys: ['Alt+S'], label: () => t().accept_send, scope: 'global', available: () => examination.step === 'review' && !examination.busy, perform: () => void examination.send() },
    { id: 'print', keys: ['Alt+P'], label: () => t().print, scope: 'global', available: () => desk.report !== '', perform: () => press('[data-print]') },
    {
      id: 'acknowledge',
      keys: ['Alt+A'],
      label: () => t().critical_acknowledge,
      scope: 'global',
      available: () => clinic.criticals.length > 0,
      perform: () => document.querySelector<HTMLElement>('[data-critical] input')?.focus(),
    },
    {
      id: 'leave',
      keys: ['Escape'],
      label: () => w().close,
      scope: 'global',
      available: () => desk.report !== '' || desk.help_open,
      perform: () => {
        if (desk.help_open) desk.help_open = false;
        else desk.report = '';
      },
    },
  ];
}
