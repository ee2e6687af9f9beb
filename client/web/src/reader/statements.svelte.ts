// The statement dictionary as the center has it, and how often this reader used each row here.
import { client } from '../shared/rpc';
import { pick } from '../shared/i18n.svelte';
import { ReadingService } from '../gen/ecg/v1/reading_pb';
import { Certainty, type Finding, type StatementEntry } from '../gen/ecg/v1/finding_pb';
import { t } from './words';

const reading = client(ReadingService);
const kStored = 'ecg.reader.statement_uses';

function storedUses(): Map<string, number> {
  try {
    return new Map(Object.entries(JSON.parse(localStorage.getItem(kStored) ?? '{}') as Record<string, number>));
  } catch {
    return new Map();
  }
}

class Statements {
  entries = $state.raw<StatementEntry[]>([]);
  uses = $state.raw<Map<string, number>>(storedUses());

  async load(): Promise<void> {
    this.entries = (await reading.listStatements({})).statements;
  }

  used(code: string): void {
    const uses = new Map(this.uses);
    uses.set(code, (uses.get(code) ?? 0) + 1);
    this.uses = uses;
    try {
      localStorage.setItem(kStored, JSON.stringify(Object.fromEntries(uses)));
    } catch {
      // Counted for this page only then.
    }
  }

  has(code: string): boolean {
    return this.entries.some((e) => e.code === code);
  }

  // A code without a row is shown as it is.
  text(code: string): string {
    const entry = this.entries.find((e) => e.code === code);
    return entry ? pick(entry.textZh, entry.textEn) : code;
  }

  findingText(finding: Pick<Finding, 'code' | 'certainty' | 'qualifier'>): string {
    const parts = [this.text(finding.code)];
    if (finding.qualifier) parts.push(finding.qualifier);
    if (finding.certainty === Certainty.POSSIBLE) parts.push(`(${t().possible})`);
    return parts.join(' ');
  }
}

export const statements = new Statements();
