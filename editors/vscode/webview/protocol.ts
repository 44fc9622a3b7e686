// SPDX-License-Identifier: MIT OR Apache-2.0
// What the extension and its pages say to each other.
import type { Shown, Snapshot } from '@page/components/types';

export interface StateMessage extends Shown {
  type: 'state';
  canStart: boolean;
  programs: number;
}
export interface ComparisonMessage {
  type: 'comparison';
  before: Snapshot;
  after: Snapshot;
}
export interface ShowMessage {
  type: 'show';
  tag: string;
}
export type ToPage = StateMessage | ComparisonMessage | ShowMessage;

export type FromPage =
  | { type: 'ready' }
  /** The state that was sent is on screen; until then no other is sent. */
  | { type: 'shown' }
  | { type: 'attach' }
  | { type: 'startDemo' }
  | { type: 'trust' }
  | { type: 'goto'; file: string; line: number }
  | { type: 'explain'; code: string };

/** Result: the message, if the page may say that. */
export function checkedMessage(given: unknown): FromPage | undefined {
  if (given === null || typeof given !== 'object') return undefined;
  const message = given as Record<string, unknown>;
  switch (message['type']) {
    case 'ready':
    case 'shown':
    case 'attach':
    case 'startDemo':
    case 'trust':
      return { type: message['type'] };
    case 'goto': {
      const { file, line } = message;
      return typeof file === 'string' && typeof line === 'number' && Number.isInteger(line) && line > 0 ? { type: 'goto', file, line } : undefined;
    }
    case 'explain': {
      const { code } = message;
      return typeof code === 'string' && /^FA\d{3}$/.test(code) ? { type: 'explain', code } : undefined;
    }
    default:
      return undefined;
  }
}
