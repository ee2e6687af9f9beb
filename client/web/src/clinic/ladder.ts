// The five steps of a study as evidence: a step is true only when the gateway says when and by whom.
import { LadderStep, LineState, type ClinicState, type ClinicStudy } from '../gen/ecg/v1/clinic_pb';
import { ms, shortTime } from '../shared/time';
import { t } from './words';

export interface Rung {
  label: string;
  at: string; // empty: not true yet
  source: string;
  now: string; // what goes on at this step now
}

const kSteps = [LadderStep.SAVED, LadderStep.UPLOADING, LadderStep.AT_CENTER, LadderStep.OPENED, LadderStep.REPORT_BACK];

export function rungs(study: ClinicStudy, clinic: ClinicState | null, now_ms: number): Rung[] {
  const words = t().ladder;
  const labels = [words.saved, words.uploading, words.at_center, words.opened, words.report_back];
  return kSteps.map((step, n) => {
    const evidence = study.ladder.find((e) => e.step === step);
    const at = ms(evidence?.at);
    return {
      label: labels[n],
      at: at === undefined ? '' : shortTime(at, now_ms),
      source: evidence?.source ?? '',
      now: step === LadderStep.UPLOADING ? uploadText(study, clinic) : '',
    };
  });
}

// How far the upload is, only while it is one; nothing once the center has the study.
function uploadText(study: ClinicStudy, clinic: ClinicState | null): string {
  const done = study.ladder.some((e) => e.step === LadderStep.AT_CENTER && e.at !== undefined);
  if (done || study.awaitingDecision) return '';
  if (clinic?.line !== LineState.CONNECTED) return t().waiting_for_line;
  if (study.uploadedFraction <= 0) return '';
  return t().uploading_percent({ n: Math.floor(study.uploadedFraction * 100) });
}
