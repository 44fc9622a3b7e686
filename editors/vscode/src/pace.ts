// SPDX-License-Identifier: MIT OR Apache-2.0
// How often something is told, and that it is not told faster than it is taken in: what waits in a queue is shown late, and takes memory.

export class Pace {
  private timer: NodeJS.Timeout | undefined;
  private toldAt = 0;
  private waits = false;
  private restsUntil = 0;

  /**
   * `tell`: tells, and says whether done() is to be awaited; `leastMs`: from one time to the next; `patienceMs`: without done() it is told
   * again after that; `restMs`: from done() to the next time, and as long again as done() took.
   */
  constructor(private readonly tell: () => boolean, private readonly leastMs: () => number, private readonly patienceMs = 0,
    private readonly restMs = 0) {}

  /** Effect: tells as soon as it may be; what comes until then is told with it. */
  later(): void {
    if (this.timer !== undefined) return;
    const wait = this.waits ? this.patienceMs : this.leastMs();
    this.timer = setTimeout(() => this.now(), Math.max(this.toldAt + wait - Date.now(), this.restsUntil - Date.now(), 0));
  }

  /** Effect: tells at once. */
  now(): void {
    this.stop();
    this.toldAt = Date.now();
    this.waits = this.tell();
  }

  /** Effect: what was told has been taken in. */
  done(): void {
    if (this.restMs !== 0) this.restsUntil = Date.now() + this.restMs + (this.waits ? Date.now() - this.toldAt : 0);
    this.waits = false;
    if (this.timer === undefined) return;
    this.stop();
    this.later();
  }

  dispose(): void {
    this.stop();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
