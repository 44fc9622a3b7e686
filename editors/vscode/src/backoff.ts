// SPDX-License-Identifier: MIT OR Apache-2.0
// When a server that ended is started again.

const WAITS_MS = [500, 1000, 2000, 4000, 8000];
const MOST_ENDS = 5;
const WINDOW_MS = 3 * 60 * 1000;

export class Backoff {
  private ends: number[] = [];

  /** Effect: notes that the server ended. Result: how long to wait; undefined when it is given up. */
  next(now: number): number | undefined {
    this.ends = this.ends.filter((end) => now - end < WINDOW_MS);
    this.ends.push(now);
    return this.ends.length >= MOST_ENDS ? undefined : WAITS_MS[this.ends.length - 1];
  }

  reset(): void {
    this.ends = [];
  }
}
