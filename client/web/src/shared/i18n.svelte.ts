// Two languages as typed dictionaries of whole sentences. The type of the Chinese one is the contract: a missing or an
// extra key, or other parameters, do not type-check.
export type Language = 'zh-CN' | 'en';

export type SameShape<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => string ? (...args: A) => string : T[K] extends string ? string : SameShape<T[K]>;
};

const kStored = 'ecg.language';

function initial(): Language {
  try {
    const stored = localStorage.getItem(kStored);
    if (stored === 'zh-CN' || stored === 'en') return stored;
  } catch {
    // Storage may be forbidden; the browser's language decides then.
  }
  if (typeof navigator !== 'undefined' && !navigator.language.toLowerCase().startsWith('zh')) return 'en';
  return 'zh-CN';
}

class I18n {
  language = $state<Language>(initial());

  set(language: Language): void {
    this.language = language;
    try {
      localStorage.setItem(kStored, language);
    } catch {
      // Not kept then.
    }
  }

  toggle(): void {
    this.set(this.language === 'en' ? 'zh-CN' : 'en');
  }
}

export const i18n = new I18n();

// The dictionary of the present language; reading it in a template follows a change of language.
export function words<T extends object>(zh: T, en: SameShape<T>): () => T {
  return () => (i18n.language === 'en' ? (en as unknown as T) : zh);
}

// Either text of a pair that came over the wire.
export function pick(zh: string, en: string): string {
  const [first, second] = i18n.language === 'en' ? [en, zh] : [zh, en];
  return first || second;
}
