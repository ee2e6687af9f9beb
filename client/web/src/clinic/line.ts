// The line to the center in one sentence with its tone.
import { LineState, type ClinicState } from '../gen/ecg/v1/clinic_pb';
import type { Mark } from '../shared/states';
import { ms, shortTime } from '../shared/time';
import { t } from './words';

export function lineMark(state: ClinicState, now_ms: number): Mark {
  if (!state.enrolled) return { icon: '▣', word: t().not_enrolled, tone: 'urgent' };
  const since = ms(state.lineSince);
  switch (state.line) {
    case LineState.CONNECTED:
      return { icon: '✓', word: t().line_connected, tone: 'ok' };
    case LineState.DOWN:
      return { icon: '▣', word: t().line_down({ since: since === undefined ? '?' : shortTime(since, now_ms), n: state.unsentStudies }), tone: 'offline' };
    case LineState.REFUSED:
      return { icon: '✕', word: t().line_refused({ code: `E${state.lineErrorCode}` }), tone: 'critical' };
    case LineState.CONNECTING:
      return { icon: '…', word: t().line_connecting, tone: 'offline' };
    default:
      return { icon: '?', word: t().line_unknown, tone: 'unknown' };
  }
}
