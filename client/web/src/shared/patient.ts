// A patient in words.
import { IdentityState, Sex, Symptom, type ClinicalContext, type Patient } from '../gen/ecg/v1/patient_pb';
import { w } from './words';

export function sexText(sex: Sex): string {
  return sex === Sex.FEMALE ? w().female : sex === Sex.MALE ? w().male : w().sex_unknown;
}

export interface Age {
  unit: 'years' | 'months' | 'days';
  n: number;
}

// Age at a moment; months and days under two years.
export function ageAt(birth_date: string, at: Date): Age | undefined {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(birth_date);
  if (!m) return undefined;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const born = new Date(year, month - 1, day);
  if (born.getMonth() !== month - 1 || born.getDate() !== day || born > at) return undefined;
  let months = (at.getFullYear() - year) * 12 + at.getMonth() - (month - 1);
  if (at.getDate() < day) months--;
  if (months >= 24) return { unit: 'years', n: Math.floor(months / 12) };
  if (months >= 1) return { unit: 'months', n: months };
  return { unit: 'days', n: Math.floor((at.getTime() - born.getTime()) / 86400000) };
}

export function ageText(patient: Patient | undefined, at_ms: number): string {
  const age = patient?.birthDate ? ageAt(patient.birthDate, new Date(at_ms)) : undefined;
  if (age) return { years: w().age_years, months: w().age_months, days: w().age_days }[age.unit]({ n: age.n });
  if (patient && patient.ageYears > 0) return w().age_years({ n: patient.ageYears });
  return w().age_unknown;
}

export function nameText(patient: Patient | undefined): string {
  return patient?.name || w().unnamed;
}

export function identityText(patient: Patient | undefined): string {
  if (patient?.identity === IdentityState.UNIDENTIFIED) return w().identity_unidentified;
  if (patient?.identity === IdentityState.MISMATCH) return w().identity_mismatch;
  return '';
}

const kSymptomKeys = {
  [Symptom.CHEST_PAIN]: 'chest_pain',
  [Symptom.PALPITATION]: 'palpitation',
  [Symptom.SYNCOPE]: 'syncope',
  [Symptom.DYSPNOEA]: 'dyspnoea',
  [Symptom.DIZZINESS]: 'dizziness',
  [Symptom.CHECK_UP]: 'check_up',
  [Symptom.PREOPERATIVE]: 'preoperative',
} as const;

export const kSymptoms = Object.keys(kSymptomKeys).map(Number) as (keyof typeof kSymptomKeys)[];

export function symptomText(symptom: Symptom): string {
  const key = kSymptomKeys[symptom as keyof typeof kSymptomKeys];
  return key ? w().symptom[key] : w().unknown;
}

export const kOnsets = ['now', 'within_2h', 'within_12h', 'within_24h', 'over_24h', 'gone'] as const;

export function onsetText(onset: string): string {
  return (w().onset as Record<string, string>)[onset] ?? onset;
}

export function contextText(context: ClinicalContext | undefined): string {
  if (!context) return '';
  const parts = context.symptoms.map(symptomText);
  if (context.symptomOnset) parts.push(onsetText(context.symptomOnset));
  return parts.join(' · ');
}
