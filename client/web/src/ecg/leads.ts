// Lead names in reading order. Names are not translated.
import { LeadCode } from '../gen/ecg/v1/recording_pb';

export const kStandardLeads = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;
export type LeadName = string;

const kNames: Partial<Record<LeadCode, LeadName>> = {
  [LeadCode.I]: 'I',
  [LeadCode.II]: 'II',
  [LeadCode.III]: 'III',
  [LeadCode.AVR]: 'aVR',
  [LeadCode.AVL]: 'aVL',
  [LeadCode.AVF]: 'aVF',
  [LeadCode.V1]: 'V1',
  [LeadCode.V2]: 'V2',
  [LeadCode.V3]: 'V3',
  [LeadCode.V4]: 'V4',
  [LeadCode.V5]: 'V5',
  [LeadCode.V6]: 'V6',
  [LeadCode.V7]: 'V7',
  [LeadCode.V8]: 'V8',
  [LeadCode.V9]: 'V9',
  [LeadCode.V3R]: 'V3R',
  [LeadCode.V4R]: 'V4R',
  [LeadCode.V5R]: 'V5R',
};

export function leadName(code: LeadCode, label: string): LeadName {
  return kNames[code] ?? label;
}
