// SPDX-License-Identifier: MIT OR Apache-2.0
// The page that shows figures, in the sidebar and in tabs: its HTML, what it is told, and what it may ask for.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Run } from '@page/components/run.js';
import type { CodeRow, Snapshot, State } from '@page/components/types';
import { checkedMessage, type StateMessage, type ToPage } from '../webview/protocol';
import { findCode } from './codes';
import { Pace } from './pace';
import { Places } from './places';
import type { Session } from './session';
import { settings } from './settings';

const LEAST_MS = 17; // 60 updates a second
const LEAST_MS_OF_MANY = 250;
const MANY_TAGS = 1_000;
// A page that was hidden or made anew has lost what it was told, and says nothing of it.
const PATIENCE_MS = 2_000;

export type PageKind = 'inspector' | 'report' | 'comparison';

export function html(webview: vscode.Webview, extensionUri: vscode.Uri, kind: PageKind): string {
  const nonce = randomBytes(18).toString('base64');
  const media = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'media', file)).toString();
  const policy = [
    "default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`, `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`, "base-uri 'none'", "form-action 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${kind === 'inspector' ? 'Inspector' : kind === 'report' ? 'Memory Report' : 'Comparison'}</title>
<link rel="stylesheet" href="${media('inspector.css')}">
</head>
<body class="${kind}" data-kind="${kind}">
<main id="page"></main>
<script nonce="${nonce}" src="${media('inspector.js')}"></script>
</body>
</html>`;
}

export const options = (extensionUri: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'media')],
});

/** What one page has been told so far. Nothing is told while it is hidden; then it is told all at once. */
export class Page implements vscode.Disposable {
  private ready = false;
  private run: Run | undefined;
  private sequence = 0;
  private readonly disposables: vscode.Disposable[] = [];
  private tag: string | undefined;
  private readonly pace = new Pace(() => this.tell(), () => (this.hasMany() ? LEAST_MS_OF_MANY : LEAST_MS), PATIENCE_MS);

  constructor(
    private readonly webview: vscode.Webview,
    private readonly session: Session,
    private readonly places: Places,
    private readonly visible: () => boolean,
    private readonly fixed?: ToPage,
  ) {
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => void this.receive(message)),
      ...(fixed === undefined ? [session.onDidChange(() => this.later()), session.addScreen(visible)] : []),
    );
  }

  dispose(): void {
    this.pace.dispose();
    for (const one of this.disposables) one.dispose();
  }

  /** Effect: the page is shown again, or is another: it is told everything. */
  afresh(): void {
    this.ready = false;
  }

  later(): void {
    if (this.ready && this.visible()) this.pace.later();
  }

  showTag(tag: string): void {
    this.tag = tag;
    this.pace.now();
  }

  private hasMany(): boolean {
    return (this.session.folder?.run.newest?.tags.length ?? 0) > MANY_TAGS;
  }

  /** Result: whether the page will say that it has shown it. */
  private tell(): boolean {
    if (!this.ready || !this.visible()) return false;
    if (this.fixed !== undefined) {
      void this.webview.postMessage(this.fixed);
      return false;
    }
    void this.webview.postMessage(this.state());
    if (this.tag !== undefined) {
      void this.webview.postMessage({ type: 'show', tag: this.tag } satisfies ToPage);
      this.tag = undefined;
    }
    return true;
  }

  private state(): StateMessage {
    const folder = this.session.folder;
    const run = folder?.run;
    const reset = run === undefined || run !== this.run || run.sequence < this.sequence;
    const fresh = run === undefined ? 0 : run.sequence - (reset ? 0 : this.sequence);
    const points = run === undefined ? [] : reset || fresh >= run.points.length ? run.points : run.points.slice(run.points.length - fresh);
    const snapshot = run?.newest ?? null;
    this.run = run;
    this.sequence = run?.sequence ?? 0;
    const state: State = !vscode.workspace.isTrusted ? 'restricted' : folder === undefined || snapshot === null ? 'empty' : folder.live ? 'live' : 'stopped';
    return {
      type: 'state', state, canStart: vscode.workspace.isTrusted, programs: this.session.live.length,
      directory: folder?.directory ?? '', name: folder?.name ?? '', pid: snapshot?.process?.id ?? null,
      run: run?.number ?? 0, snapshots: run?.sequence ?? 0, snapshot,
      reset: points === run?.points || run === undefined, points,
      ...(run?.shown() ?? { peaks: {}, firsts: {}, budgets: [] }),
      threshold: settings.threshold(), problems: folder?.problems ?? [],
      places: snapshot === null ? [] : this.places.in(snapshot), codes: snapshot === null ? {} : codesIn(snapshot),
    };
  }

  private async receive(given: unknown): Promise<void> {
    const message = checkedMessage(given);
    switch (message?.type) {
      case 'ready':
        this.ready = true;
        this.run = undefined;
        this.sequence = 0;
        this.pace.now();
        break;
      case 'shown':
        this.pace.done();
        break;
      case 'attach':
        await vscode.commands.executeCommand('framealloc.attach');
        break;
      case 'startDemo':
        await vscode.commands.executeCommand('framealloc.startDemo');
        break;
      case 'trust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        break;
      case 'goto':
        await this.places.open(message.file, message.line);
        break;
      case 'explain':
        await vscode.commands.executeCommand('framealloc.explainCode', message.code);
        break;
      case undefined:
        break;
    }
  }
}

function codesIn(snapshot: Snapshot): Record<string, CodeRow> {
  const codes: Record<string, CodeRow> = {};
  const ids = new Set([...snapshot.diagnostics.map((one) => one.code), ...snapshot.tags.flatMap((tag) => tag.diagnostics)]);
  for (const id of ids) {
    const code = findCode(id);
    if (code !== undefined) codes[id] = { severity: code.severity, meaning: code.meaning };
  }
  return codes;
}
