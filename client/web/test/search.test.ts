import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { Certainty, StatementEntrySchema } from '../src/gen/ecg/v1/finding_pb';
import { contradiction, digitPicksRow, parseQuery, searchStatements } from '../src/reader/search';

const rows: [string, string, string, string][] = [
  ['SR', '窦性心律', 'Sinus rhythm', 'dxxl'],
  ['NORMAL', '正常心电图', 'Normal ECG', 'zcxdt'],
  ['AFIB', '心房颤动', 'Atrial fibrillation', 'xfcd'],
  ['AFL', '心房扑动', 'Atrial flutter', 'xfpd'],
  ['1AVB', '一度房室传导阻滞', 'First-degree AV block', 'ydfscdzz'],
  ['2AVB', '二度房室传导阻滞', 'Second-degree AV block', 'edfscdzz'],
  ['STE', 'ST段抬高', 'ST elevation', 'stdtg'],
];
const entries = rows.map(([code, textZh, textEn, initials]) => create(StatementEntrySchema, { code, textZh, textEn, initials }));
const none = new Map<string, number>();
const first = (text: string, uses = none) => searchStatements(entries, text, uses, 8)[0]?.code;

describe('statement search', () => {
  it.each([
    ['sr', 'SR'],
    ['NSR', 'SR'],
    ['dxxl', 'SR'],
    ['窦性', 'SR'],
    ['颤动', 'AFIB'],
    ['fibrillation', 'AFIB'],
    ['af', 'AFIB'],
    ['stdtg', 'STE'],
    ['first av', '1AVB'],
    ['zc', 'NORMAL'],
  ])('%s finds %s first', (text, code) => expect(first(text)).toBe(code));

  it('puts what this reader uses most first among equals', () => {
    expect(first('xf')).toBe('AFIB');
    expect(first('xf', new Map([['AFL', 3]]))).toBe('AFL');
  });

  it('finds nothing for nothing, and nothing for nonsense', () => {
    expect(searchStatements(entries, '  ', none, 8)).toEqual([]);
    expect(searchStatements(entries, 'qqqq', none, 8)).toEqual([]);
  });

  it('answers within 30 ms in 2000 rows', () => {
    const many = Array.from({ length: 2000 }, (_, n) => create(StatementEntrySchema, { code: `C${n}`, textZh: `语句${n}`, textEn: `statement number ${n}`, initials: `yj${n}` }));
    const begin = performance.now();
    for (let n = 0; n < 20; n++) searchStatements(many, 'number 19', none, 8);
    expect((performance.now() - begin) / 20).toBeLessThan(30);
  });

  it('reads the suffixes for leads and for possible', () => {
    expect(parseQuery('ste V1-4!')).toEqual({ text: 'ste', certainty: Certainty.POSSIBLE, qualifier: 'V1-V4' });
    expect(parseQuery('ste ii, iii, avf')).toEqual({ text: 'ste', certainty: Certainty.DEFINITE, qualifier: 'II, III, aVF' });
    expect(parseQuery('一度！').certainty).toBe(Certainty.POSSIBLE);
  });

  it('a digit picks a row, except while a code or leads take it', () => {
    expect(digitPicksRow(entries, 'xf', '2')).toBe(true);
    expect(digitPicksRow(entries, '', '2')).toBe(false);
    expect(digitPicksRow(entries, 'ste v', '2')).toBe(false);
    expect(digitPicksRow(entries, 'ste v1-', '4')).toBe(false);
  });

  it('names a contradiction', () => {
    expect(contradiction(['SR', 'AFIB'])).toEqual(['SR', 'AFIB']);
    expect(contradiction(['SR', 'NORMAL'])).toBeUndefined();
    expect(contradiction(['NORMAL', 'STEMI_INF'])).toEqual(['NORMAL', 'STEMI_INF']);
    expect(contradiction(['AFIB', 'AFIB_RVR', 'CLBBB'])).toBeUndefined();
  });
});
