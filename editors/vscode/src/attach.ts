// SPDX-License-Identifier: MIT OR Apache-2.0
// Attaching by hand.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Snapshot } from '@page/components/types';
import { forLabel } from './names';
import { isLive, type Program } from './programs';
import type { Session } from './session';
import { SnapshotReader } from './snapshot_file';

interface Entry extends vscode.QuickPickItem {
  directory?: string;
  choose?: boolean;
}

export function activate(context: vscode.ExtensionContext, session: Session): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('framealloc.attach', async (given?: unknown) => {
      const directory = given instanceof vscode.Uri ? given.fsPath : await pick(session);
      if (directory === undefined) return;
      if (!(await isFolder(directory))) {
        void vscode.window.showWarningMessage(`"${forLabel(directory)}" is no folder.`);
        return;
      }
      session.attach(directory);
    }),
    vscode.commands.registerCommand('framealloc.detach', () => session.detach()),
    vscode.commands.registerCommand('framealloc.requestSnapshot', async () => {
      if (!vscode.workspace.isTrusted) await vscode.commands.executeCommand('workbench.trust.manage');
      else await session.requestSnapshot();
    }),
  );
}

async function isFolder(directory: string): Promise<boolean> {
  try {
    return (await fs.promises.stat(directory)).isDirectory();
  } catch {
    return false;
  }
}

async function pick(session: Session): Promise<string | undefined> {
  await session.search();
  const now = Date.now();
  const reader = new SnapshotReader();
  const entries = await Promise.all(session.programs.map(async (program) => ({ entry: await entryOf(program, reader), live: isLive(program, now) })));
  reader.dispose();
  const live = entries.filter((one) => one.live).map((one) => one.entry);
  const stopped = entries.filter((one) => !one.live).map((one) => one.entry);
  const items: Entry[] = [
    ...live,
    ...(stopped.length > 0 ? [{ label: 'Not running', kind: vscode.QuickPickItemKind.Separator }, ...stopped] : []),
    { label: 'Choose Folder...', choose: true },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'Attach to Running Program', placeHolder: 'Program that writes snapshots', matchOnDetail: true });
  if (chosen?.choose !== true) return chosen?.directory;
  const folders = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, openLabel: 'Attach', title: 'Folder with Snapshots' });
  return folders?.[0]?.fsPath;
}

async function entryOf(program: Program, reader: SnapshotReader): Promise<Entry> {
  const read = await reader.read(path.join(program.directory, program.newest));
  const snapshot: Snapshot | undefined = read !== 'gone' && 'snapshot' in read ? read.snapshot : undefined;
  const process = snapshot?.process;
  const frame = snapshot === undefined ? undefined : `frame ${snapshot.frame}`;
  return {
    label: forLabel(process?.name ?? path.basename(program.directory)),
    description: [process === undefined ? undefined : `pid ${process.id}`, frame].filter((part) => part !== undefined).join(' · '),
    detail: forLabel(vscode.workspace.asRelativePath(program.directory)),
    directory: program.directory,
  };
}
