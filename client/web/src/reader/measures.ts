// Measurements as a reader sees them: value, unit, and where it came from.
import { MeasurementKind, MeasurementSource, type Measurement } from '../gen/ecg/v1/measurement_pb';
import { t } from './words';

export interface Shown {
  label: string;
  unit: string;
  value: string; // empty: not measurable
  why: string;
  source: string; // d a e
  source_text: string;
}

const kUnits: Partial<Record<MeasurementKind, string>> = {
  [MeasurementKind.VENTRICULAR_RATE]: 'bpm',
  [MeasurementKind.ATRIAL_RATE]: 'bpm',
  [MeasurementKind.P_AXIS]: '°',
  [MeasurementKind.QRS_AXIS]: '°',
  [MeasurementKind.T_AXIS]: '°',
  [MeasurementKind.ST_J]: 'mV',
  [MeasurementKind.ST_J60]: 'mV',
  [MeasurementKind.R_AMPLITUDE]: 'mV',
  [MeasurementKind.S_AMPLITUDE]: 'mV',
};

const kFixedLabels: Partial<Record<MeasurementKind, string>> = {
  [MeasurementKind.RR_MEAN]: 'RR',
  [MeasurementKind.RR_MIN]: 'RR min',
  [MeasurementKind.RR_MAX]: 'RR max',
  [MeasurementKind.P]: 'P',
  [MeasurementKind.PR]: 'PR',
  [MeasurementKind.QRS]: 'QRS',
  [MeasurementKind.QT]: 'QT',
  [MeasurementKind.QTC_BAZETT]: 'QTc Bazett',
  [MeasurementKind.QTC_FRIDERICIA]: 'QTc Fridericia',
  [MeasurementKind.QTC_FRAMINGHAM]: 'QTc Framingham',
  [MeasurementKind.QTC_HODGES]: 'QTc Hodges',
  [MeasurementKind.ST_J]: 'ST J',
  [MeasurementKind.ST_J60]: 'ST J+60',
  [MeasurementKind.R_AMPLITUDE]: 'R',
  [MeasurementKind.S_AMPLITUDE]: 'S',
};

export function labelOf(kind: MeasurementKind): string {
  switch (kind) {
    case MeasurementKind.VENTRICULAR_RATE:
      return t().rate;
    case MeasurementKind.ATRIAL_RATE:
      return t().atrial_rate;
    case MeasurementKind.P_AXIS:
      return t().p_axis;
    case MeasurementKind.QRS_AXIS:
      return t().qrs_axis;
    case MeasurementKind.T_AXIS:
      return t().t_axis;
    default:
      return kFixedLabels[kind] ?? '?';
  }
}

function sourceOf(source: MeasurementSource): [string, string] {
  switch (source) {
    case MeasurementSource.DEVICE:
      return ['d', t().source_device];
    case MeasurementSource.ALGORITHM:
      return ['a', t().source_algorithm];
    case MeasurementSource.PERSON:
      return ['e', t().source_person];
    default:
      return ['?', t().source_unknown];
  }
}

function reasonText(reason: string): string {
  return (t().reason as Record<string, string>)[reason] ?? reason;
}

export function show(kind: MeasurementKind, measurement: Measurement | undefined): Shown {
  const unit = kUnits[kind] ?? 'ms';
  const label = labelOf(kind);
  if (!measurement) return { label, unit, value: '', why: t().not_measurable({ reason: reasonText('pending') }), source: '?', source_text: t().source_unknown };
  const [source, source_text] = sourceOf(measurement.source);
  if (measurement.value === undefined) return { label, unit, value: '', why: t().not_measurable({ reason: reasonText(measurement.reason) }), source, source_text };
  const value = unit === 'mV' ? (measurement.value / 1000).toFixed(2) : Math.round(measurement.value).toString();
  return { label, unit, value, why: '', source, source_text };
}

export const kMainKinds = [
  MeasurementKind.VENTRICULAR_RATE,
  MeasurementKind.PR,
  MeasurementKind.QRS,
  MeasurementKind.QT,
  MeasurementKind.QTC_BAZETT,
  MeasurementKind.P_AXIS,
  MeasurementKind.QRS_AXIS,
  MeasurementKind.T_AXIS,
];
