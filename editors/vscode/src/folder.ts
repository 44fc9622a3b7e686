// SPDX-License-Identifier: MIT OR Apache-2.0
// The folder that is attached: its snapshots in the order in which they were written, each taken once.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { beginsRun, Run } from '@page/components/run.js';
import type { Level, Snapshot } from '@page/components/types';
import { isLive } from './programs';
import { SNAPSHOT_NAME, SnapshotReader } from './snapshot_file';
import type { Reason } from './snapshot_schema';

const LOOK_MS = 1_000;

export interface Problem {
  file: string;
  reason: Reason;
}
export interface Taken {
  snapshot: Snapshot;
  /** It began a run. */
  begun: boolean;
  /** The budgets as they were with it. */
  levels: ReadonlyMap<string, Level>;
}
export interface FolderEvents {
  /** Snapshots came, these in order. */
  taken(folder: Folder, snapshots: Taken[]): void;
  /** Live or not, or the problems have changed. */
  changed(folder: Folder): void;
}

export class Folder {
  run = new Run(0);
  live = false;
  problems: Problem[] = [];
  private readonly seen = new Map<string, string>();
  private readonly reader = new SnapshotReader();
  private writtenMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private watcher: fs.FSWatcher | undefined;
  private looking = false;
  private again = false;
  private disposed = false;

  constructor(readonly directory: string, private readonly events: FolderEvents) {}

  get name(): string {
    return this.run.newest?.process?.name ?? path.basename(this.directory);
  }

  start(): void {
    void this.look();
    // Watchers miss files on some remotes, so the folder is looked at every second as well.
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.watch();
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.timer);
    this.watcher?.close();
    this.reader.dispose();
  }

  private watch(): void {
    if (this.watcher !== undefined || this.disposed) return;
    try {
      this.watcher = fs.watch(this.directory, { persistent: false }, () => void this.look());
      this.watcher.on('error', () => {
        this.watcher?.close();
        this.watcher = undefined;
      });
    } catch {
      // It does not exist yet; each look tries again.
    }
  }

  async look(): Promise<void> {
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    try {
      do {
        this.again = false;
        await this.lookOnce();
      } while (this.again && !this.disposed);
    } finally {
      this.looking = false;
    }
  }

  private async lookOnce(): Promise<void> {
    this.watch();
    const files: { name: string; mtimeMs: number; mark: string }[] = [];
    let names: string[] = [];
    try {
      names = (await fs.promises.readdir(this.directory)).filter((name) => SNAPSHOT_NAME.test(name));
    } catch {
      this.watcher?.close();
      this.watcher = undefined;
    }
    for (const name of names) {
      try {
        const stat = await fs.promises.lstat(path.join(this.directory, name));
        files.push({ name, mtimeMs: stat.mtimeMs, mark: `${stat.ino}:${stat.mtimeMs}:${stat.size}` });
      } catch {
        // Pruned meanwhile.
      }
    }
    files.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
    const present = new Set(files.map((file) => file.name));
    for (const name of this.seen.keys()) if (!present.has(name)) this.seen.delete(name);
    const problemsBefore = this.problems.length;
    this.problems = this.problems.filter((problem) => present.has(problem.file));
    let changed = this.problems.length !== problemsBefore;

    const taken: Taken[] = [];
    for (const file of files) {
      if (this.disposed) return;
      if (this.seen.get(file.name) === file.mark) continue;
      const result = await this.reader.read(path.join(this.directory, file.name));
      if (this.disposed) return;
      if (result === 'gone') continue;
      this.seen.set(file.name, file.mark);
      const known = this.problems.length;
      this.problems = this.problems.filter((problem) => problem.file !== file.name);
      changed ||= known !== this.problems.length;
      if ('reason' in result) {
        this.problems.push({ file: file.name, reason: result.reason });
        changed = true;
        continue;
      }
      const begun = beginsRun(this.run.newest, result.snapshot);
      if (begun) this.run = new Run(this.run.number + 1);
      this.run.add(result.snapshot);
      this.writtenMs = file.mtimeMs;
      taken.push({ snapshot: result.snapshot, begun, levels: this.run.levels });
      // Thirty at once: whoever waits sees the first before the last is read.
      if (taken.length % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const live = this.writtenMs > 0 && isLive({ writtenMs: this.writtenMs }, Date.now());
    changed ||= live !== this.live;
    this.live = live;
    if (taken.length > 0) this.events.taken(this, taken);
    else if (changed) this.events.changed(this);
  }
}
