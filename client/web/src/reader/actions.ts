// All that a reader can do, as objects: tool bars, keys and help read this list; availability mirrors what the center
// enforces.
import type { Action } from '../shared/shortcuts.svelte';
import { Priority } from '../gen/ecg/v1/study_pb';
import { kGains, kSpeeds } from '../ecg/geometry';
import { reading } from './reading.svelte';
import { view } from './view.svelte';
import { worklist } from './worklist.svelte';
import { w } from '../shared/words';
import { t } from './words';

const open = () => reading.study !== null;
const idle = () => !reading.busy && worklist.online && worklist.mayHaveNext('') && !reading.holds_lease && !reading.amending;

export function focusTrace(): void {
  document.querySelector<HTMLElement>('[data-trace-region]')?.focus();
}

export const actions = {
  take_next: { id: 'take_next', keys: ['Space'], label: () => t().take_next, scope: 'trace', available: idle, perform: () => void reading.claimNext().then(focusTrace) },
  layout_3x4: { id: 'layout_3x4', keys: ['1'], label: () => t().layout_3x4, scope: 'trace', available: open, perform: () => view.layout('3x4+1') },
  layout_6x2: { id: 'layout_6x2', keys: ['3'], label: () => t().layout_6x2, scope: 'trace', available: open, perform: () => view.layout('6x2') },
  layout_12x1: { id: 'layout_12x1', keys: ['4'], label: () => t().layout_12x1, scope: 'trace', available: open, perform: () => view.layout('12x1') },
  slower: { id: 'slower', keys: [','], label: () => t().slower, scope: 'trace', available: () => open() && view.presentation.speed_mm_s > kSpeeds[0], perform: () => view.speed(-1) },
  faster: { id: 'faster', keys: ['.'], label: () => t().faster, scope: 'trace', available: () => open() && view.presentation.speed_mm_s < kSpeeds[kSpeeds.length - 1], perform: () => view.speed(1) },
  smaller: { id: 'smaller', keys: ['-'], label: () => t().smaller, scope: 'trace', available: () => open() && view.presentation.gain_mm_mv > kGains[0], perform: () => view.gain(-1) },
  larger: { id: 'larger', keys: ['='], label: () => t().larger, scope: 'trace', available: () => open() && view.presentation.gain_mm_mv < kGains[kGains.length - 1], perform: () => view.gain(1) },
  earlier: { id: 'earlier', keys: ['ArrowLeft'], label: () => t().earlier, scope: 'trace', available: () => view.scrolls && view.start_s > 0, perform: () => view.move(-1), repeats: true },
  later: { id: 'later', keys: ['ArrowRight'], label: () => t().later, scope: 'trace', available: () => view.scrolls && view.start_s < view.duration_s - view.visible_s - 0.01, perform: () => view.move(1), repeats: true },
  reveal: { id: 'reveal', keys: ['i'], label: () => t().machine_reveal, scope: 'trace', available: () => open() && !reading.machine_visible, perform: () => (reading.machine_revealed = true) },
  statement: {
    id: 'statement',
    keys: ['t', '/'],
    label: () => t().go_statement,
    scope: 'trace',
    available: () => reading.editable,
    perform: () => document.querySelector<HTMLElement>('[data-picker]')?.focus(),
  },
  normal: { id: 'normal', keys: ['n'], label: () => t().normal, scope: 'trace', available: () => reading.editable, perform: () => reading.addNormal() },
  sign: { id: 'sign', keys: ['Ctrl+Enter'], label: () => t().sign, scope: 'global', available: () => reading.can_sign && reading.sheet === '', perform: () => void reading.sign().then(focusTrace) },
  critical: {
    id: 'critical',
    keys: ['Alt+K'],
    label: () => t().critical,
    scope: 'global',
    available: () => reading.holds_lease && worklist.online && reading.sheet !== 'critical',
    perform: () => (reading.sheet = 'critical'),
  },
  give_back: {
    id: 'give_back',
    keys: ['Alt+R'],
    label: () => t().give_back,
    scope: 'global',
    available: () => reading.holds_lease && worklist.online && reading.summary?.priority !== Priority.STAT,
    perform: () => (reading.sheet = 'give_back'),
  },
  release: { id: 'release', keys: [], label: () => t().release, scope: 'global', available: () => reading.holds_lease && !reading.busy, perform: () => void reading.release() },
  drawer: { id: 'drawer', keys: ['q'], label: () => t().toggle_drawer, scope: 'trace', available: () => true, perform: () => (view.drawer_open = !view.drawer_open) },
  help: { id: 'help', keys: ['?'], label: () => t().keys, scope: 'trace', available: () => true, perform: () => (view.help_open = !view.help_open) },
  leave: {
    id: 'leave',
    keys: ['Escape'],
    label: () => w().close,
    scope: 'global',
    available: () => reading.sheet !== '' || view.help_open || view.drawer_open,
    perform: () => {
      if (reading.sheet !== '') reading.sheet = '';
      else if (view.help_open) view.help_open = false;
      else view.drawer_open = false;
      focusTrace();
    },
  },
} satisfies Record<string, Action>;
