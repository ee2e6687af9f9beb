import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { rungs } from '../src/clinic/ladder';
import { ClinicStateSchema, ClinicStudySchema, LadderStep, LineState } from '../src/gen/ecg/v1/clinic_pb';

const now = Date.UTC(2026, 10, 21, 6);
const at = timestampFromMs(now - 60_000);
const steps = [LadderStep.SAVED, LadderStep.UPLOADING, LadderStep.AT_CENTER, LadderStep.OPENED, LadderStep.REPORT_BACK];
const connected = create(ClinicStateSchema, { line: LineState.CONNECTED });
const down = create(ClinicStateSchema, { line: LineState.DOWN });

// A study with evidence for these steps only.
function study(...known: LadderStep[]) {
  return create(ClinicStudySchema, { ladder: steps.map((step) => ({ step, at: known.includes(step) ? at : undefined, source: step === LadderStep.AT_CENTER ? '7F3A' : '' })), uploadedFraction: 0.62 });
}

const done = (s: ReturnType<typeof study>, line = connected) => rungs(s, line, now).map((r) => r.at !== '');

describe('the five steps', () => {
  it('are true on evidence only', () => {
    expect(done(study())).toEqual([false, false, false, false, false]);
    expect(done(study(LadderStep.SAVED))).toEqual([true, false, false, false, false]);
    expect(done(study(...steps))).toEqual([true, true, true, true, true]);
  });

  it('an upload that has begun is not done until the center has a receipt', () => {
    const begun = study(LadderStep.SAVED, LadderStep.UPLOADING);
    expect(done(begun)).toEqual([true, false, false, false, false]);
    expect(rungs(begun, connected, now)[1].now).toContain('62');
  });

  it('an upload was done when the center had it, not when it began', () => {
    const later = timestampFromMs(now - 5_000);
    const sent = create(ClinicStudySchema, { ladder: [{ step: LadderStep.UPLOADING, at }, { step: LadderStep.AT_CENTER, at: later }] });
    const [, uploaded, received] = rungs(sent, connected, now);
    expect(uploaded.at).toBe(received.at);
  });

  it('no upload is claimed without a line', () => {
    expect(rungs(study(LadderStep.SAVED, LadderStep.UPLOADING), down, now)[1].now).not.toContain('62');
  });

  it('name the receipt', () => expect(rungs(study(...steps), connected, now)[2].source).toContain('7F3A'));
});
