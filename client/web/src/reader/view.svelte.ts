// How the trace is looked at: presentation and time window. Kept apart from the data it shows.
import { kGains, kSpeeds, visibleSeconds, type Presentation } from '../ecg/geometry';
import { durationSeconds } from '../ecg/recording';
import type { LayoutId } from '../ecg/layout';
import { reading } from './reading.svelte';

function step(list: readonly number[], value: number, by: 1 | -1): number {
  return list[Math.min(list.length - 1, Math.max(0, list.indexOf(value) + by))];
}

class View {
  presentation = $state.raw<Presentation>({ speed_mm_s: 25, gain_mm_mv: 10, layout: '3x4+1' });
  start_s = $state(0);
  px_per_mm = $state(0);
  drawer_open = $state(false);
  help_open = $state(false);

  layout(layout: LayoutId): void {
    this.presentation = { ...this.presentation, layout };
  }
  speed(by: 1 | -1): void {
    this.presentation = { ...this.presentation, speed_mm_s: step(kSpeeds, this.presentation.speed_mm_s, by) };
    this.#clamp();
  }
  gain(by: 1 | -1): void {
    this.presentation = { ...this.presentation, gain_mm_mv: step(kGains, this.presentation.gain_mm_mv, by) };
  }
  get duration_s(): number {
    return reading.trace ? durationSeconds(reading.trace) : 0;
  }
  get visible_s(): number {
    return visibleSeconds(this.presentation);
  }
  get scrolls(): boolean {
    return this.duration_s > this.visible_s + 0.01;
  }
  move(by: 1 | -1): void {
    this.start_s += by * this.visible_s * 0.5;
    this.#clamp();
  }
  reset(): void {
    this.start_s = 0;
  }
  #clamp(): void {
    this.start_s = Math.max(0, Math.min(this.start_s, this.duration_s - this.visible_s));
  }
}

export const view = new View();
