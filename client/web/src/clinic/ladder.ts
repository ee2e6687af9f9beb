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
  const receipt = study.ladder.find((e) => e.step === LadderStep.AT_CENTER && e.at !== undefined);
  return kSteps.map((step, n) => {
    const evidence = study.ladder.find((e) => e.step === step);
    // An upload that has begun is not one that is done: only the center's receipt makes it so, and says when.
    const at = ms(step === LadderStep.UPLOADING ? receipt?.at : evidence?.at);
    return {
      label: labels[n],
      at: at === undefined ? '' : shortTime(at, now_ms),
      source: sourceText(step, evidence?.source ?? ''),
      now: step === LadderStep.UPLOADING && !receipt ? uploadText(study, clinic) : '',
    };
  });
}

function sourceText(step: LadderStep, source: string): string {
  if (!source) return '';
  if (step === LadderStep.AT_CENTER) return t().receipt({ tail: source });
  if (step === LadderStep.REPORT_BACK) return t().version({ n: source });
  return source;
}

// How far the upload is, only while it is one.
function uploadText(study: ClinicStudy, clinic: ClinicState | null): string {
  if (study.awaitingDecision || !study.ladder.some((e) => e.step === LadderStep.SAVED && e.at !== undefined)) return '';
  if (clinic?.line !== LineState.CONNECTED) return t().waiting_for_line;
  if (study.uploadedFraction <= 0) return '';
  return t().uploading_percent({ n: Math.floor(study.uploadedFraction * 100) });
}
