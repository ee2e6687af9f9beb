// A failed call as a person reads it: what happened, to what, what to do next, and its number.
import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorDetailSchema } from '../gen/ecg/v1/error_pb';
import { pick } from './i18n.svelte';
import { w } from './words';

export interface Failure {
  code: number; // catalogue number; 0 = none came
  message: () => string; // in the language of the moment
  next: () => string;
  retry_after_ms: number;
  unreachable: boolean;
}

export const kNotSignedIn = 4001;
export const kClaimedByOther = 5003;
export const kLeaseLost = 5004;
export const kStale = 5005;
export const kQueueEmpty = 5006;

export function failureOf(error: unknown): Failure {
  const connect = ConnectError.from(error);
  const detail = connect.findDetails(ErrorDetailSchema)[0];
  if (detail) {
    return {
      code: detail.code,
      message: () => pick(detail.messageZh, detail.messageEn),
      next: () => pick(detail.nextZh, detail.nextEn),
      retry_after_ms: detail.retryAfterMs,
      unreachable: false,
    };
  }
  const unreachable = connect.code === Code.Unavailable || connect.code === Code.Unknown || connect.code === Code.DeadlineExceeded;
  return {
    code: 0,
    message: () => (unreachable ? w().unreachable : connect.rawMessage),
    next: () => (unreachable ? w().unreachable_next : ''),
    retry_after_ms: 0,
    unreachable,
  };
}

export function codeText(failure: Failure): string {
  return failure.code ? `E${failure.code}` : '';
}
