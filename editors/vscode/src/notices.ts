// SPDX-License-Identifier: MIT OR Apache-2.0
// Notices of budgets that are nearly used up, and of denials.
import * as vscode from 'vscode';
import type { Level } from '@page/components/types';
import { Queue, Watch, type Telling } from './budgets';
import type { Taken } from './folder';
import { goTo, placesOf } from './tag_places';
import type { Session } from './session';
import { setContext, settings } from './settings';

const MUTED = 'framealloc.muted';
const NEVER = 'framealloc.never';

export class Notices {
  /** Texts of this session, oldest first. */
  readonly texts: string[] = [];
  private readonly watch = new Watch();
  private readonly queue = new Queue();
  private timer: NodeJS.Timeout | undefined;
  private fresh = true;

  constructor(private readonly context: vscode.ExtensionContext, private readonly session: Session) {
    setContext('muted', this.muted);
    context.subscriptions.push(
      session.onDidAttach(() => {
        this.watch.restart(false);
        this.queue.clear();
        this.fresh = true;
      }),
      session.onDidTake((taken) => this.look(taken)),
      vscode.commands.registerCommand('framealloc.muteNotices', () => this.mute(true)),
      vscode.commands.registerCommand('framealloc.unmuteNotices', () => this.mute(false)),
      new vscode.Disposable(() => clearTimeout(this.timer)),
    );
  }

  get muted(): boolean {
    return this.context.workspaceState.get(MUTED, false);
  }

  private async mute(on: boolean): Promise<void> {
    await this.context.workspaceState.update(MUTED, on);
    if (!on) await this.context.workspaceState.update(NEVER, []);
    if (on) this.queue.clear();
    setContext('muted', on);
  }

  private get never(): string[] {
    return this.context.workspaceState.get<string[]>(NEVER, []);
  }

  private look(taken: readonly Taken[]): void {
    const live = this.session.folder?.live === true;
    for (const { snapshot, begun, levels } of taken) {
      if (begun) {
        this.watch.restart(!this.fresh);
        this.queue.clear();
        this.fresh = false;
      }
      const found = this.watch.look(snapshot, levels, settings.threshold());
      // Of a program that has ended there is nothing to warn.
      if (!live || !settings.notices() || this.muted) continue;
      const never = new Set(this.never);
      this.queue.add(found.filter((notice) => !never.has(this.neverKey(notice.level))));
    }
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    const interval = settings.intervalMs();
    for (;;) {
      const telling = this.queue.take(Date.now(), interval, settings.threshold());
      if (telling === undefined) break;
      this.show(telling);
    }
    const wait = this.queue.waitMs(Date.now(), interval);
    if (wait !== undefined) this.timer = setTimeout(() => this.tell(), Math.max(wait, 10));
  }

  // Threads have new numbers in each run, names mostly not.
  private neverKey(level: Level): string {
    return `${level.scope}:${level.tag}`;
  }

  private show(telling: Telling): void {
    if (!settings.notices() || this.muted) return;
    this.texts.push(telling.text);
    void this.showAsync(telling);
  }

  private async showAsync(telling: Telling): Promise<void> {
    const level = telling.notices[0]!.level;
    const single = telling.notices.length === 1;
    const places = single && level.scope === 'tag' && level.tag !== '' ? await placesOf(level.tag) : [];
    const buttons = ['Show in Inspector', ...(places.length > 0 ? ['Go to Code'] : []), "Don't Show Again"];
    const chosen = await vscode.window.showWarningMessage(telling.text, ...buttons);
    if (chosen === 'Show in Inspector') {
      await vscode.commands.executeCommand('framealloc.showInInspector', { tag: level.scope === 'tag' ? level.tag : '' });
    } else if (chosen === 'Go to Code') {
      await goTo(places);
    } else if (chosen === "Don't Show Again") {
      const keys = telling.notices.map((notice) => this.neverKey(notice.level));
      await this.context.workspaceState.update(NEVER, [...new Set([...this.never, ...keys])]);
      for (const notice of telling.notices) this.queue.drop(notice.key);
    }
  }
}
