// The registration form: what was typed, what is wrong with it, and the request it makes. Pure.
import { Priority } from '../gen/ecg/v1/study_pb';
import { Sex, Symptom, YesNo } from '../gen/ecg/v1/patient_pb';
import { ageAt } from '../shared/patient';

export interface Form {
  name: string;
  sex: Sex;
  birth_date: string;
  age: string;
  id_tail: string;
  symptoms: Symptom[];
  onset: string;
  pacemaker: YesNo;
  priority: Priority;
  priority_chosen: boolean; // by hand: symptoms do not change it any more
  emergency_unknown: boolean;
  note: string;
}

export function emptyForm(): Form {
  return {
    name: '',
    sex: Sex.UNSPECIFIED,
    birth_date: '',
    age: '',
    id_tail: '',
    symptoms: [],
    onset: '',
    pacemaker: YesNo.UNSPECIFIED,
    priority: Priority.ROUTINE,
    priority_chosen: false,
    emergency_unknown: false,
    note: '',
  };
}

export type Fault = 'need_name' | 'need_sex' | 'need_age' | 'bad_birth_date' | 'bad_age' | 'bad_tail';

// 19590312, 1959/3/12 and 1959.3.12 mean 1959-03-12.
export function normalisedDate(typed: string): string {
  const m = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$/.exec(typed.trim());
  return m ? `${m[1]}-${m[2].padStart(2, '0')}-${m[3].padStart(2, '0')}` : typed.trim();
}

// In the order of the fields; an emergency with an unknown person needs nothing.
export function faults(form: Form, now: Date): Fault[] {
  const found: Fault[] = [];
  const birth = normalisedDate(form.birth_date);
  if (!form.emergency_unknown) {
    if (!form.name.trim()) found.push('need_name');
    if (form.sex === Sex.UNSPECIFIED) found.push('need_sex');
    if (!birth && !form.age.trim()) found.push('need_age');
  }
  if (birth && !ageAt(birth, now)) found.push('bad_birth_date');
  if (form.age.trim() && !(/^\d{1,3}$/.test(form.age.trim()) && Number(form.age) >= 1 && Number(form.age) <= 130)) found.push('bad_age');
  if (form.id_tail && !/^\d{3}[\dXx]$/.test(form.id_tail)) found.push('bad_tail');
  return found;
}

// Chest pain and emergencies are STAT, syncope and dyspnoea urgent; a choice by hand stays.
export function suggestedPriority(form: Form): Priority {
  if (form.priority_chosen) return form.priority;
  if (form.emergency_unknown || form.symptoms.includes(Symptom.CHEST_PAIN)) return Priority.STAT;
  if (form.symptoms.includes(Symptom.SYNCOPE) || form.symptoms.includes(Symptom.DYSPNOEA)) return Priority.URGENT;
  return Priority.ROUTINE;
}

export function requestOf(form: Form, study_id: string) {
  return {
    studyId: study_id,
    patient: {
      name: form.name.trim(),
      sex: form.sex,
      birthDate: normalisedDate(form.birth_date),
      ageYears: form.birth_date ? 0 : Number(form.age) || 0,
      nationalIdTail: form.id_tail.toUpperCase(),
    },
    context: {
      symptoms: form.symptoms,
      symptomOnset: form.symptoms.includes(Symptom.CHEST_PAIN) ? form.onset : '',
      pacemaker: form.pacemaker,
      note: form.note.trim(),
    },
    priority: suggestedPriority(form),
    emergencyUnknown: form.emergency_unknown,
  };
}
