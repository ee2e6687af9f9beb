import { describe, expect, it } from 'vitest';
import { emptyForm, faults, normalisedDate, requestOf, suggestedPriority } from '../src/clinic/form';
import { Sex, Symptom } from '../src/gen/ecg/v1/patient_pb';
import { Priority } from '../src/gen/ecg/v1/study_pb';
import { ageAt } from '../src/shared/patient';
import { duration } from '../src/shared/time';
import { backoffMs } from '../src/shared/backoff';

const now = new Date(2026, 10, 21);
const whole = { ...emptyForm(), name: '李秀英', sex: Sex.FEMALE, birth_date: '1959-03-12' };

describe('registration', () => {
  it('needs name, sex and age; an emergency with an unknown person needs none', () => {
    expect(faults(emptyForm(), now)).toEqual(['need_name', 'need_sex', 'need_age']);
    expect(faults(whole, now)).toEqual([]);
    expect(faults({ ...emptyForm(), emergency_unknown: true }, now)).toEqual([]);
  });

  it.each([
    ['1959-02-30', ['bad_birth_date']],
    ['2031-01-01', ['bad_birth_date']],
    ['19590312', []],
    ['1959年3月12日', []],
  ])('birth date %s gives %j', (birth_date, wanted) => expect(faults({ ...whole, birth_date }, now)).toEqual(wanted));

  it('refuses an age or an id tail that cannot be', () => {
    expect(faults({ ...whole, birth_date: '', age: '131' }, now)).toEqual(['bad_age']);
    expect(faults({ ...whole, birth_date: '', age: '0' }, now)).toEqual(['bad_age']); // 0 means unknown to the center
    expect(faults({ ...whole, id_tail: '45a1' }, now)).toEqual(['bad_tail']);
    expect(faults({ ...whole, id_tail: '452x' }, now)).toEqual([]);
  });

  it('chest pain is STAT unless a person chose otherwise', () => {
    expect(suggestedPriority({ ...whole, symptoms: [Symptom.CHEST_PAIN] })).toBe(Priority.STAT);
    expect(suggestedPriority({ ...whole, symptoms: [Symptom.SYNCOPE] })).toBe(Priority.URGENT);
    expect(suggestedPriority({ ...whole, symptoms: [Symptom.CHEST_PAIN], priority_chosen: true, priority: Priority.URGENT })).toBe(Priority.URGENT);
  });

  it('sends the onset only with chest pain, and the birth date in one form', () => {
    const request = requestOf({ ...whole, birth_date: '1959/3/12', onset: 'now' }, '');
    expect(request.patient.birthDate).toBe('1959-03-12');
    expect(request.context.symptomOnset).toBe('');
    expect(normalisedDate('1959.3.2')).toBe('1959-03-02');
  });
});

describe('time', () => {
  it('tells age in years, months under two years, days under a month', () => {
    expect(ageAt('1959-03-12', now)).toEqual({ unit: 'years', n: 67 });
    expect(ageAt('2025-11-22', now)).toEqual({ unit: 'months', n: 11 });
    expect(ageAt('2026-11-01', now)).toEqual({ unit: 'days', n: 20 });
    expect(ageAt('2026-11-22', now)).toBeUndefined();
  });

  it('writes waiting times', () => {
    expect(duration(72_000)).toBe('01:12');
    expect(duration(3_731_000)).toBe('1:02:11');
    expect(duration(-5)).toBe('00:00');
  });

  it('backs off to a cap, never at once', () => {
    for (let tries = 0; tries < 20; tries++) {
      expect(backoffMs(tries, () => 0)).toBeGreaterThanOrEqual(250);
      expect(backoffMs(tries, () => 1)).toBeLessThanOrEqual(15_000);
    }
  });
});
