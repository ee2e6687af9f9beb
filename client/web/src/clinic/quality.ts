// Electrodes and the one instruction, in words.
import { ElectrodeState, type DeviceQuality, type Electrode } from '../gen/ecg/v1/clinic_pb';
import { t } from './words';

export interface Chip {
  name: string;
  icon: string;
  word: string;
  tone: 'ok' | 'urgent' | 'critical' | 'unknown';
}

export const kElectrodes = ['RA', 'LA', 'RL', 'LL', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

export function chipOf(name: string, electrode: Electrode | undefined): Chip {
  const words = t().electrode;
  switch (electrode?.state) {
    case ElectrodeState.OK:
      return { name, icon: '✓', word: words.ok, tone: 'ok' };
    case ElectrodeState.NOISE:
      return { name, icon: '!', word: words.noise, tone: 'urgent' };
    case ElectrodeState.OFF:
      return { name, icon: '✕', word: words.off, tone: 'critical' };
    case ElectrodeState.SUSPECTED_SWAP:
      return { name, icon: '⇄', word: words.swap, tone: 'urgent' };
    default:
      return { name, icon: '?', word: words.unknown, tone: 'unknown' };
  }
}

export function instructionText(quality: DeviceQuality | null, device_connected: boolean, signal: boolean): string {
  const words = t().instruction;
  if (!device_connected) return words.no_device;
  if (!signal || !quality) return words.no_signal;
  const electrode = quality.instructionElectrode || '?';
  switch (quality.instructionCode) {
    case 'press_electrode':
      return words.press_electrode({ electrode });
    case 'check_swap':
      return words.check_swap({ electrode });
    case 'ready':
      return words.ready;
    default:
      return words.wait;
  }
}
