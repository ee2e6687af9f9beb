// True while an input method composes. The Enter that commits a candidate may carry either sign, never rely on one.
export function isIme(event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean {
  return event.isComposing || event.keyCode === 229;
}
