// What the simulated electrocardiograph can play, by the names the gateway knows.
import { words } from '../shared/i18n.svelte';

const zh = {
  'sinus:72': '窦性心律 72 次/分',
  normal: '正常窦性心律',
  bradycardia: '窦性心动过缓',
  tachycardia: '窦性心动过速',
  'extreme-bradycardia': '严重心动过缓（三度阻滞）',
  afib: '心房颤动',
  aflutter: '心房扑动 2:1',
  pvcs: '室性早搏',
  pacs: '房性早搏',
  vtach: '室性心动过速',
  vfib: '心室颤动',
  arrest: '心脏停搏',
  'sinus-pause': '窦性停搏',
  'first-degree': '一度房室传导阻滞',
  wenckebach: '二度 I 型房室传导阻滞',
  'complete-block': '三度房室传导阻滞',
  'left-bundle': '左束支传导阻滞',
  'right-bundle': '右束支传导阻滞',
  'inferior-stemi': '下壁 ST 段抬高',
  'anterior-stemi': '前壁 ST 段抬高',
  noisy: '干扰严重',
  'sinus:72,swap=ra-la': '左右手接反',
  'sinus:72,off=V2': 'V2 脱落',
};

const en: typeof zh = {
  'sinus:72': 'sinus rhythm, 72 bpm',
  normal: 'normal sinus rhythm',
  bradycardia: 'sinus bradycardia',
  tachycardia: 'sinus tachycardia',
  'extreme-bradycardia': 'extreme bradycardia (3° block)',
  afib: 'atrial fibrillation',
  aflutter: 'atrial flutter 2:1',
  pvcs: 'ventricular extrasystoles',
  pacs: 'atrial extrasystoles',
  vtach: 'ventricular tachycardia',
  vfib: 'ventricular fibrillation',
  arrest: 'asystole',
  'sinus-pause': 'sinus pause',
  'first-degree': 'first-degree AV block',
  wenckebach: 'AV block, Wenckebach',
  'complete-block': 'third-degree AV block',
  'left-bundle': 'left bundle branch block',
  'right-bundle': 'right bundle branch block',
  'inferior-stemi': 'inferior ST elevation',
  'anterior-stemi': 'anterior ST elevation',
  noisy: 'heavy noise',
  'sinus:72,swap=ra-la': 'arm electrodes swapped',
  'sinus:72,off=V2': 'V2 off',
};

const texts = words(zh, en);
export const scenario_zh = zh;
export const scenario_en = en;
export const kScenarios: string[] = Object.keys(zh);

export function scenarioText(name: string): string {
  return (texts() as Record<string, string>)[name] ?? name;
}
