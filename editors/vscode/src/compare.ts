// SPDX-License-Identifier: MIT OR Apache-2.0
// Two snapshots beside each other.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Snapshot } from '@page/components/types';
import { forLabel } from './names';
import { html, options, Page } from './page';
import type { Places } from './places';
import type { Session } from './session';
import { SNAPSHOT_NAME, SnapshotReader } from './snapshot_file';

interface Entry extends vscode.QuickPickItem {
  file?: string;
}

const WHY: Record<string, string> = {
  size: 'is larger than 16 MiB', json: 'is not JSON', schema: 'is no snapshot of a version that is known', kind: 'is no regular file',
};

export function activate(context: vscode.ExtensionContext, session: Session, places: Places): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('framealloc.compareSnapshots', async (first?: unknown, second?: unknown) => {
      const files = chosenIn(first, second) ?? (await pickTwo(session));
      if (files === undefined) return;
      const reader = new SnapshotReader();
      const snapshots: Snapshot[] = [];
      for (const file of files) {
        const read = await reader.read(file);
        if (read !== 'gone' && 'snapshot' in read) {
          snapshots.push(read.snapshot);
          continue;
        }
        const why = read === 'gone' ? 'is not there any more' : WHY[read.reason];
        void vscode.window.showWarningMessage(`${forLabel(path.basename(file))} ${why}.`);
        break;
      }
      reader.dispose();
      if (snapshots.length === 2) open(context, session, places, snapshots[0]!, snapshots[1]!);
    }),
  );
}

// Two files; or, from the Explorer, one file and the list of those that are selected there, older first.
function chosenIn(first: unknown, second: unknown): [string, string] | undefined {
  if (first instanceof vscode.Uri && second instanceof vscode.Uri) return [first.fsPath, second.fsPath];
  if (!Array.isArray(second)) return undefined;
  const files = second.filter((one): one is vscode.Uri => one instanceof vscode.Uri).map((one) => one.fsPath);
  if (files.length !== 2) return undefined;
  files.sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1));
  return [files[0]!, files[1]!];
}

async function pickTwo(session: Session): Promise<[string, string] | undefined> {
  const before = await pick(session, 'Compare Snapshots: Before');
  if (before === undefined) return undefined;
  const after = await pick(session, 'Compare Snapshots: After');
  return after === undefined ? undefined : [before, after];
}

async function pick(session: Session, title: string): Promise<string | undefined> {
  const directory = session.folder?.directory;
  const entries: { entry: Entry; time: number }[] = [];
  if (directory !== undefined) {
    const names = (await fs.promises.readdir(directory).catch(() => [])).filter((name) => SNAPSHOT_NAME.test(name));
    for (const name of names) {
      const stat = await fs.promises.lstat(path.join(directory, name)).catch(() => undefined);
      if (stat === undefined || !stat.isFile()) continue;
      const frame = BigInt(name.slice('snapshot_'.length, -'.json'.length));
      entries.push({ entry: { label: `frame ${frame}`, description: new Date(stat.mtimeMs).toLocaleTimeString(), file: path.join(directory, name) }, time: stat.mtimeMs });
    }
  }
  entries.sort((a, b) => b.time - a.time || (a.entry.file! < b.entry.file! ? 1 : -1));
  const items: Entry[] = [...entries.map(({ entry }) => entry), { label: 'Choose File...' }];
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: 'Snapshot' });
  if (chosen === undefined || chosen.file !== undefined) return chosen?.file;
  const files = await vscode.window.showOpenDialog({ title, canSelectFiles: true, filters: { Snapshots: ['json'] } });
  return files?.[0]?.fsPath;
}

function open(context: vscode.ExtensionContext, session: Session, places: Places, before: Snapshot, after: Snapshot): void {
  const panel = vscode.window.createWebviewPanel(
    'framealloc.comparison', `frame ${before.frame} → frame ${after.frame}`, vscode.ViewColumn.Active, options(context.extensionUri));
  const page = new Page(panel.webview, session, places, () => panel.visible, { type: 'comparison', before, after });
  panel.onDidChangeViewState(() => page.later());
  panel.onDidDispose(() => page.dispose());
  panel.webview.html = html(panel.webview, context.extensionUri, 'comparison');
}
