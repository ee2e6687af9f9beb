// The critical tone. A browser lets a page sound only after a gesture; unlock() is called from one.
let context: AudioContext | null = null;

export async function unlock(): Promise<boolean> {
  context ??= new AudioContext();
  await context.resume();
  return context.state === 'running';
}

// Two short tones, as loud as the machine is set.
export function chime(): void {
  if (!context || context.state !== 'running') return;
  [880, 660].forEach((hertz, n) => {
    const start = context!.currentTime + n * 0.28;
    const tone = context!.createOscillator();
    const level = context!.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.0001, start);
    level.gain.exponentialRampToValueAtTime(0.5, start + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
    tone.connect(level).connect(context!.destination);
    tone.start(start);
    tone.stop(start + 0.26);
  });
}
