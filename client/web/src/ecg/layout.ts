// Which lead stands where on the sheet.
import type { LeadName } from './leads';

export type LayoutId = '3x4+1' | '6x2' | '12x1';
export const kLayouts: LayoutId[] = ['3x4+1', '6x2', '12x1'];

export interface LayoutRow {
  leads: LeadName[]; // one per column; a single one spans the row
}

const kRows: Record<LayoutId, LeadName[][]> = {
  '3x4+1': [['I', 'aVR', 'V1', 'V4'], ['II', 'aVL', 'V2', 'V5'], ['III', 'aVF', 'V3', 'V6'], ['II']],
  '6x2': [['I', 'V1'], ['II', 'V2'], ['III', 'V3'], ['aVR', 'V4'], ['aVL', 'V5'], ['aVF', 'V6']],
  '12x1': [['I'], ['II'], ['III'], ['aVR'], ['aVL'], ['aVF'], ['V1'], ['V2'], ['V3'], ['V4'], ['V5'], ['V6']],
};

export function layoutRows(layout: LayoutId): LayoutRow[] {
  return kRows[layout].map((leads) => ({ leads }));
}
