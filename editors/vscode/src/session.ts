// SPDX-License-Identifier: MIT OR Apache-2.0
// Which programs there are and which one is attached. Everything that shows figures listens here.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Folder, type FolderEvents, type Taken } from './folder';
import { forTooltip } from './names';
import { isLive, programIn, programsBelow, type Program } from './programs';
import { firstFolder, setContext, settings } from './settings';
import { say } from './messages';

const SEARCH_MS = 2_000;
const ANSWER_MS = 5_000;
const REQUEST = 'snapshot.request';

export class Session implements vscode.Disposable, FolderEvents {
  folder: Folder | undefined;
  programs: Program[] = [];
  /** A snapshot was asked for and has not come. */
  asking = false;

  private readonly changedEmitter = new vscode.EventEmitter<void>();
  private readonly takenEmitter = new vscode.EventEmitter<Taken[]>();
  private readonly attachedEmitter = new vscode.EventEmitter<void>();
  /** Anything has changed that somebody shows. */
  readonly onDidChange = this.changedEmitter.event;
  /** Snapshots of the attached program came. */
  readonly onDidTake = this.takenEmitter.event;
  /** Another program is attached, or none. */
  readonly onDidAttach = this.attachedEmitter.event;

  private readonly disposables: vscode.Disposable[] = [];
  private searchTimer: NodeJS.Timeout | undefined;
  private askTimer: NodeJS.Timeout | undefined;
  private requestTimer: NodeJS.Timeout | undefined;
  private readonly shown = new Set<() => boolean>();
  private left: string | undefined; // what the user detached from, until it has ended
  private byHand = false;
  private askedIn: string | undefined;
  private searching = false;

  constructor(private readonly demoDirectory: string) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/snapshot_*.json');
    const soon = (): void => this.searchSoon(50);
    watcher.onDidCreate(soon);
    this.disposables.push(
      watcher,
      vscode.workspace.onDidChangeWorkspaceFolders(soon),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        soon();
        this.requestLater();
        this.changedEmitter.fire();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('framealloc.snapshotDir')) {
          this.byHand = false;
          this.left = undefined;
          soon();
        }
        if (event.affectsConfiguration('framealloc.autoAttach')) soon();
        if (event.affectsConfiguration('framealloc.requestIntervalMs')) this.requestLater();
      }),
    );
    this.searchSoon(0);
    this.requestLater();
  }

  dispose(): void {
    clearTimeout(this.searchTimer);
    clearTimeout(this.askTimer);
    clearTimeout(this.requestTimer);
    this.withdraw();
    this.folder?.dispose();
    for (const one of this.disposables) one.dispose();
    for (const emitter of [this.changedEmitter, this.takenEmitter, this.attachedEmitter]) emitter.dispose();
  }

  get live(): Program[] {
    const now = Date.now();
    return this.programs.filter((program) => isLive(program, now));
  }

  /** Effect: `shows` says whether figures are on screen there; while they are, snapshots are asked for. */
  addScreen(shows: () => boolean): vscode.Disposable {
    this.shown.add(shows);
    return new vscode.Disposable(() => this.shown.delete(shows));
  }

  attach(directory: string, byHand = true): void {
    this.byHand = byHand;
    this.left = undefined;
    if (this.folder?.directory === directory) return;
    this.withdraw();
    this.folder?.dispose();
    this.folder = new Folder(directory, this);
    this.asking = false;
    setContext('attached', true);
    this.attachedEmitter.fire();
    this.folder.start();
    this.changedEmitter.fire();
  }

  detach(): void {
    if (this.folder === undefined) return;
    this.withdraw();
    this.left = this.folder.directory;
    this.folder.dispose();
    this.folder = undefined;
    this.asking = false;
    this.byHand = false;
    setContext('attached', false);
    this.attachedEmitter.fire();
    this.changedEmitter.fire();
  }

  // --- what the folder says

  taken(folder: Folder, snapshots: Taken[]): void {
    if (folder !== this.folder) return;
    this.asking = false;
    clearTimeout(this.askTimer);
    this.askedIn = undefined;
    this.takenEmitter.fire(snapshots);
    this.changedEmitter.fire();
  }
  changed(folder: Folder): void {
    if (folder === this.folder) this.changedEmitter.fire();
  }

  // --- searching

  private searchSoon(ms: number): void {
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => void this.search(), ms);
  }

  async search(): Promise<void> {
    if (this.searching) return;
    this.searching = true;
    const began = Date.now();
    try {
      await this.searchOnce();
    } finally {
      this.searching = false;
      // A large workspace is searched less often, so that searching takes a small part of the time.
      this.searchSoon(Math.max(SEARCH_MS, 20 * (Date.now() - began)));
    }
  }

  private async searchOnce(): Promise<void> {
    const given = vscode.workspace.isTrusted ? settings.snapshotDir(firstFolder()) : '';
    if (given !== '') {
      await this.useGiven(given);
      return;
    }
    const found = new Map<string, Program>();
    const add = (program: Program | undefined): void => {
      if (program !== undefined) found.set(program.directory, program);
    };
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      for (const program of await programsBelow(folder.uri.fsPath)) add(program);
      add(await programIn(path.join(folder.uri.fsPath, 'target', 'framealloc')));
    }
    if (vscode.workspace.isTrusted) add(await programIn(this.demoDirectory));
    this.programs = [...found.values()].sort((a, b) => b.writtenMs - a.writtenMs);
    const live = this.live;
    if (this.left !== undefined && !live.some((program) => program.directory === this.left)) this.left = undefined;
    const free = live.filter((program) => program.directory !== this.left);
    const only = live.length === 1 ? free[0] : undefined;
    if (only !== undefined && settings.autoAttach(firstFolder())) {
      // What is attached and has stopped makes way for the one that runs, unless it was chosen by hand.
      if (this.folder === undefined || (!this.folder.live && !this.byHand && this.folder.directory !== only.directory)) {
        this.attach(only.directory, false);
      }
    }
    this.changedEmitter.fire();
  }

  private async useGiven(given: string): Promise<void> {
    const root = firstFolder()?.fsPath ?? os.homedir();
    const directory = path.resolve(root, given.startsWith('~/') ? path.join(os.homedir(), given.slice(2)) : given);
    let isFolder = false;
    try {
      isFolder = (await fs.promises.stat(directory)).isDirectory();
    } catch {
      // It may come yet.
    }
    if (!isFolder) {
      this.programs = [];
      say('warning', 7, `framealloc.snapshotDir: "${forTooltip(directory)}" is no folder.`, { 'Open Settings': openSetting('framealloc.snapshotDir') });
      this.changedEmitter.fire();
      return;
    }
    const program = await programIn(directory);
    this.programs = program === undefined ? [] : [program];
    if (!this.byHand && this.left !== directory) this.attach(directory, false);
    this.changedEmitter.fire();
  }

  // --- asking

  /** Effect: makes the request file. Result: whether it is there. */
  private async ask(directory: string): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return false;
    try {
      // Neither through a link that lies there nor over somebody's file.
      const handle = await fs.promises.open(path.join(directory, REQUEST), 'wx');
      await handle.close();
      this.askedIn = directory;
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST';
    }
  }

  async requestSnapshot(): Promise<void> {
    const folder = this.folder;
    if (folder === undefined || !(await this.ask(folder.directory))) return;
    this.asking = true;
    this.changedEmitter.fire();
    clearTimeout(this.askTimer);
    this.askTimer = setTimeout(() => {
      if (!this.asking || folder !== this.folder) return;
      this.asking = false;
      this.changedEmitter.fire();
      say('information', 9, `"${forTooltip(folder.name)}" did not answer in 5 s. Does it call SnapshotEmitter::emit() each frame?`, {
        'Open Documentation': () => openPage('dist/snapshots.md'),
      });
    }, ANSWER_MS);
  }

  private requestLater(): void {
    clearTimeout(this.requestTimer);
    const interval = settings.requestIntervalMs();
    if (interval === 0 || !vscode.workspace.isTrusted) return;
    this.requestTimer = setTimeout(() => {
      const folder = this.folder;
      if (folder !== undefined && [...this.shown].some((shows) => shows())) void this.ask(folder.directory);
      this.requestLater();
    }, interval);
  }

  // Nobody waits for it any more.
  private withdraw(): void {
    if (this.askedIn === undefined) return;
    try {
      fs.unlinkSync(path.join(this.askedIn, REQUEST));
    } catch {
      // It was answered.
    }
    this.askedIn = undefined;
  }
}

/** Effect: opens a page of the documentation; the extension has it with it. */
export function openPage(page: 'README.md' | 'dist/snapshots.md'): void {
  void vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(vscode.Uri.file(__dirname), '..', page));
}

export function openSetting(key: string): () => void {
  return () => void vscode.commands.executeCommand('workbench.action.openSettings', key);
}
