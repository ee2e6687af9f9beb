// Enumerations of the contract in words and marks: icon, word and tone always together.
import { QualityGrade } from '../gen/ecg/v1/measurement_pb';
import { ReportStatus } from '../gen/ecg/v1/report_pb';
import { CriticalState, Priority, StudyState } from '../gen/ecg/v1/study_pb';
import { w } from './words';

export type Tone = 'critical' | 'urgent' | 'routine' | 'ok' | 'offline' | 'unknown';
export interface Mark {
  icon: string;
  word: string;
  tone: Tone;
}

export function priorityMark(priority: Priority): Mark {
  const p = w().priority;
  switch (priority) {
    case Priority.STAT:
      return { icon: '▲', word: p.stat, tone: 'critical' };
    case Priority.URGENT:
      return { icon: '◆', word: p.urgent, tone: 'urgent' };
    case Priority.ROUTINE:
      return { icon: '●', word: p.routine, tone: 'routine' };
    case Priority.SCREENING:
      return { icon: '○', word: p.screening, tone: 'routine' };
    default:
      return { icon: '◆', word: p.unspecified, tone: 'urgent' };
  }
}

export function gradeMark(grade: QualityGrade): Mark {
  const g = w().grade;
  switch (grade) {
    case QualityGrade.GOOD:
      return { icon: '✓', word: g.good, tone: 'ok' };
    case QualityGrade.DEGRADED:
      return { icon: '!', word: g.degraded, tone: 'urgent' };
    case QualityGrade.POOR:
      return { icon: '✕', word: g.poor, tone: 'critical' };
    default:
      return { icon: '?', word: g.unknown, tone: 'unknown' };
  }
}

const kStudyKeys = [
  'unspecified', 'ordered', 'acquiring', 'buffered', 'uploading', 'received', 'qc', 'retake', 'quarantined', 'queued',
  'assigned', 'reading', 'preliminary', 'referred', 'final', 'closed', 'cancelled', 'rejected',
] as const;

export function studyStateText(state: StudyState): string {
  return w().study_state[kStudyKeys[state] ?? 'unspecified'];
}

const kCriticalKeys = ['none', 'detected', 'confirmed', 'notified', 'acknowledged', 'handled', 'closed', 'refuted'] as const;

export function criticalText(state: CriticalState): string {
  return w().critical_state[kCriticalKeys[state] ?? 'none'];
}

// A critical result a person still has to act on.
export function criticalOpen(state: CriticalState): boolean {
  return state === CriticalState.DETECTED || state === CriticalState.CONFIRMED || state === CriticalState.NOTIFIED;
}

const kStatusKeys = ['unspecified', 'preliminary', 'final', 'amended', 'corrected', 'entered_in_error'] as const;

// In one word: what a machine suspects is never shown as what a reader confirmed.
export function criticalWord(state: CriticalState): string {
  return state === CriticalState.DETECTED ? w().critical_suspected : w().critical_confirmed;
}

export function reportStatusText(status: ReportStatus): string {
  return w().report_status[kStatusKeys[status] ?? 'unspecified'];
}

// Whether a physician stands behind the report.
export function confirmed(status: ReportStatus): boolean {
  return status === ReportStatus.FINAL || status === ReportStatus.AMENDED || status === ReportStatus.CORRECTED;
}

export function signed(state: StudyState): boolean {
  return state === StudyState.FINAL || state === StudyState.CLOSED || state === StudyState.PRELIMINARY;
}
