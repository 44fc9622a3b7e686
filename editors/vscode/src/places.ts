// SPDX-License-Identifier: MIT OR Apache-2.0
// Places that snapshots name: those of files in the workspace can be jumped to, and no others.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Place, Snapshot } from '@page/components/types';

const PLACE = /([^\s:"'`<>()[\]{},;]+\.[A-Za-z][A-Za-z0-9+]{0,4}):(\d{1,7})\b/g;
const MOST_PLACES = 500;
const MOST_KNOWN = 5_000;

export class Places {
  private readonly known = new Map<string, string | undefined>();

  /** Result: the places in messages and of sites that lie in the workspace. */
  in(snapshot: Snapshot): Place[] {
    const places = new Map<string, Place>();
    const add = (text: string, file: string, line: number): void => {
      if (places.size >= MOST_PLACES || places.has(text) || line < 1) return;
      if (this.resolve(file) !== undefined) places.set(text, { text, file, line });
    };
    for (const one of snapshot.diagnostics) {
      if (places.size >= MOST_PLACES) break;
      for (const match of one.message.slice(0, 4000).matchAll(PLACE)) add(match[0], match[1]!, Number(match[2]));
    }
    for (const site of snapshot.sites ?? []) add(`${site.file}:${site.line}`, site.file, site.line);
    return [...places.values()];
  }

  async open(file: string, line: number): Promise<void> {
    const found = this.resolve(file);
    if (found === undefined) return;
    const at = new vscode.Position(line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(found), { selection: new vscode.Range(at, at), preview: true });
  }

  forget(): void {
    this.known.clear();
  }

  private resolve(file: string): string | undefined {
    if (this.known.has(file)) return this.known.get(file);
    const found = this.search(file);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(file, found);
    return found;
  }

  private search(file: string): string | undefined {
    if (file.length > 4096 || file.includes('\0')) return undefined;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      const root = folder.uri.fsPath;
      // A compiler names files as it was called: from a build folder, with `../` before them.
      for (const candidate of [path.resolve(root, file), path.resolve(root, file.replace(/^(\.\.\/)+/, ''))]) {
        const relative = path.relative(root, candidate);
        if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) continue;
        try {
          if (fs.statSync(candidate).isFile()) return candidate;
        } catch {
          // Not there.
        }
      }
    }
    return undefined;
  }
}
