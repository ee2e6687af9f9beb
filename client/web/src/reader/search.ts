// Statement search: one box that understands codes, English, hanzi and pinyin initials, with short suffixes.
import { Certainty, type StatementEntry } from '../gen/ecg/v1/finding_pb';

export interface Query {
  text: string;
  certainty: Certainty;
  qualifier: string; // leads, "V1-V4"
}

const kLead = '(?:V[1-9]R?(?:-V?[1-9])?|III|II|I|aV[RLF])';
const kLeadSuffix = new RegExp(`\\s+(${kLead}(?:[, ]+${kLead})*)$`, 'i');

function leadText(suffix: string): string {
  return suffix
    .split(/[, ]+/)
    .map((part) => {
      const upper = part.toUpperCase();
      if (upper.startsWith('AV')) return `aV${upper[2]}`;
      return upper.replace(/-V?(\d)$/, '-V$1');
    })
    .join(', ');
}

// "stei V1-4 !" -> text "stei", leads V1-V4, possible.
export function parseQuery(input: string): Query {
  let text = input.trim();
  let certainty = Certainty.DEFINITE;
  if (/[!！]$/.test(text)) {
    certainty = Certainty.POSSIBLE;
    text = text.slice(0, -1).trim();
  }
  let qualifier = '';
  const leads = kLeadSuffix.exec(text);
  if (leads) {
    qualifier = leadText(leads[1]);
    text = text.slice(0, leads.index).trim();
  }
  return { text, certainty, qualifier };
}

const kAliases: Record<string, string> = { nsr: 'SR', af: 'AFIB', afl: 'AFL', lbbb: 'CLBBB', rbbb: 'CRBBB', pvb: 'PVC' };

// Smaller is better; undefined = no match.
function rank(entry: StatementEntry, query: string): number | undefined {
  const code = entry.code.toLowerCase();
  const initials = entry.initials.toLowerCase();
  const english = entry.textEn.toLowerCase();
  if (code === query || kAliases[query]?.toLowerCase() === code) return 0;
  if (initials === query) return 1;
  if (entry.textZh === query) return 1;
  if (code.startsWith(query)) return 2;
  if (initials.startsWith(query)) return 3;
  if (entry.textZh.startsWith(query)) return 3;
  if (english.startsWith(query)) return 4;
  if (english.split(/[^a-z0-9]+/).some((word) => word.startsWith(query))) return 5;
  if (entry.textZh.includes(query)) return 5;
  if (initials.includes(query)) return 6;
  const wanted = query.split(/\s+/);
  if (wanted.length > 1 && wanted.every((word) => english.includes(word))) return 6;
  if (english.includes(query)) return 7;
  return undefined;
}

// Best matches first; among equals those used most often, then in dictionary order. An empty text finds nothing.
export function searchStatements(entries: StatementEntry[], text: string, uses: ReadonlyMap<string, number>, limit: number): StatementEntry[] {
  const query = text.trim().toLowerCase();
  if (!query) return [];
  return entries
    .map((entry, order) => ({ entry, order, rank: rank(entry, query), uses: uses.get(entry.code) ?? 0 }))
    .filter((found): found is typeof found & { rank: number } => found.rank !== undefined)
    .sort((a, b) => a.rank - b.rank || b.uses - a.uses || a.order - b.order)
    .slice(0, limit)
    .map((found) => found.entry);
}

// A digit picks a row unless it may be part of what is typed: a code that goes on with it, or leads.
export function digitPicksRow(entries: StatementEntry[], input: string, digit: string): boolean {
  if (!input.trim()) return false;
  const longer = (input + digit).trim().toLowerCase();
  if (/(^|\s)v\d?$/i.test(input) || /-v?$/i.test(input)) return false;
  return !entries.some((e) => e.code.toLowerCase().startsWith(longer) || e.initials.toLowerCase().startsWith(longer));
}

// One recording has one of these as its rhythm.
const kRhythms = ['SR', 'SBRAD', 'STACH', 'AFIB', 'AFL', 'AT', 'SVT', 'JR', 'IVR', 'VT', 'VF', 'VFL', 'ASYS', 'PACED'];
const kOtherPairs: [string, string][] = [['CLBBB', 'CRBBB'], ['LAD', 'RAD'], ['LQT', 'SQT']];
// What a normal recording may still be said to have.
const kNormalAllows = ['NORMAL', 'SR', 'SARRH', 'EREP', 'CLOCKWISE', 'COUNTERCLOCKWISE', 'REPEAT', 'FOLLOW_UP'];

// "AFIB_RVR" is an AFIB.
export function family(code: string): string {
  return code.split('_')[0];
}

// Two codes that cannot both be true of one recording.
export function contradiction(codes: string[]): [string, string] | undefined {
  if (codes.includes('NORMAL')) {
    const other = codes.find((code) => !kNormalAllows.includes(code));
    if (other) return ['NORMAL', other];
  }
  const rhythms = codes.filter((code) => kRhythms.includes(family(code)));
  const second = rhythms.find((code) => family(code) !== family(rhythms[0]));
  if (second) return [rhythms[0], second];
  return kOtherPairs.find(([a, b]) => codes.includes(a) && codes.includes(b));
}
