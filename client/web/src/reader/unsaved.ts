// What a reader wrote and the center does not have yet, per study: kept in the tab, so that neither a lost lease, a lost
// session nor a reload takes it. Holds no patient data of ours, ends with the tab, and is given to its author only.
export interface Unsaved {
  person: string;
  at: number; // center's clock, ms
  findings: { code: string; certainty: number; qualifier: string }[];
  text: string;
  advice: string;
}

const kStored = 'ecg.reader.unsaved.';

function store(): Storage | null {
  try {
    return typeof sessionStorage === 'undefined' ? null : sessionStorage;
  } catch {
    return null; // Storage may be forbidden.
  }
}

export const unsaved = {
  put(study: string, draft: Unsaved): void {
    try {
      store()?.setItem(kStored + study, JSON.stringify(draft));
    } catch {
      // Full: the page itself still has it.
    }
  },
  get(study: string, person: string): Unsaved | undefined {
    try {
      const draft = JSON.parse(store()?.getItem(kStored + study) ?? 'null') as Unsaved | null;
      return draft && draft.person === person ? draft : undefined;
    } catch {
      return undefined;
    }
  },
  drop(study: string): void {
    store()?.removeItem(kStored + study);
  },
};
