// The page's clock: ticks each second and follows the clock of the program that serves it.
class PageClock {
  now = $state(Date.now());
  offset_ms = $state(0); // server minus this machine

  constructor() {
    setInterval(() => (this.now = Date.now() + this.offset_ms), 1000);
  }

  follow(server_now_ms: number): void {
    this.offset_ms = server_now_ms - Date.now();
    this.now = server_now_ms;
  }
}

export const page_clock = new PageClock();
