// SPDX-License-Identifier: MIT OR Apache-2.0
// The inspector in the sidebar, and the report as a tab.
import * as vscode from 'vscode';
import { html, options, Page } from './page';
import { Places } from './places';
import type { Session } from './session';

const VIEW = 'framealloc.inspector';
const REPORT = 'framealloc.report';

export function activate(context: vscode.ExtensionContext, session: Session): Places {
  const places = new Places();
  let view: vscode.WebviewView | undefined;
  let page: Page | undefined;
  let wanted: string | undefined;
  let report: { panel: vscode.WebviewPanel; page: Page } | undefined;

  const openReport = (panel: vscode.WebviewPanel): void => {
    panel.webview.options = options(context.extensionUri);
    const own = new Page(panel.webview, session, places, () => panel.visible);
    report = { panel, page: own };
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'activity.svg');
    panel.onDidChangeViewState(() => own.later());
    panel.onDidDispose(() => {
      own.dispose();
      report = undefined;
    });
    panel.webview.html = html(panel.webview, context.extensionUri, 'report');
  };

  context.subscriptions.push(
    vscode.window.registerWebviewViewProvider(VIEW, {
      resolveWebviewView(resolved) {
        page?.dispose();
        view = resolved;
        resolved.webview.options = options(context.extensionUri);
        const own = new Page(resolved.webview, session, places, () => resolved.visible);
        page = own;
        if (wanted !== undefined) own.showTag(wanted);
        wanted = undefined;
        resolved.onDidChangeVisibility(() => own.later());
        resolved.onDidDispose(() => {
          own.dispose();
          if (view === resolved) view = page = undefined;
        });
        resolved.webview.html = html(resolved.webview, context.extensionUri, 'inspector');
      },
    }),
    vscode.commands.registerCommand('framealloc.openInspector', () => vscode.commands.executeCommand(`${VIEW}.focus`)),
    vscode.commands.registerCommand('framealloc.showInInspector', async (given?: unknown) => {
      const tag = given !== null && typeof given === 'object' ? (given as { tag?: unknown }).tag : undefined;
      // The view may be made long after it was focused: it takes the tag then.
      if (typeof tag === 'string') wanted = tag;
      await vscode.commands.executeCommand(`${VIEW}.focus`);
      if (page === undefined || wanted === undefined) return;
      page.showTag(wanted);
      wanted = undefined;
    }),
    vscode.commands.registerCommand('framealloc.openReport', () => {
      if (report !== undefined) report.panel.reveal();
      else openReport(vscode.window.createWebviewPanel(REPORT, 'Memory Report', vscode.ViewColumn.Active, options(context.extensionUri)));
    }),
    vscode.workspace.onDidCreateFiles(() => places.forget()),
    vscode.workspace.onDidDeleteFiles(() => places.forget()),
    session.onDidAttach(() => places.forget()),
    new vscode.Disposable(() => {
      page?.dispose();
      report?.panel.dispose();
    }),
  );
  return places;
}
