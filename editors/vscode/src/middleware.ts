// SPDX-License-Identifier: MIT OR Apache-2.0
// What the client makes of the server's answers: reasons for suppressions are asked for, nothing is shown twice.
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { pageOfCode } from './codes';

const SUPPRESS = /^Suppress (FA\d{3}) (on this line|in this file)\.\.\.$/;
const EXPLAIN = /^Explain (FA\d{3})$/;
const PLACEHOLDER = 'say why';

export const middleware: Middleware = {
  handleDiagnostics: (uri, diagnostics, next) => {
    for (const one of diagnostics) {
      const code = typeof one.code === 'object' ? String(one.code.value) : undefined;
      // A server that was built without an address of its pages names them by a URN; ours are in the extension.
      if (code !== undefined && typeof one.code === 'object' && one.code.target.scheme === 'urn') {
        one.code = { value: code, target: vscode.Uri.parse(pageOfCode(code)) };
      }
    }
    next(uri, diagnostics);
  },
  // The server publishes; what it also answers when asked would be there twice.
  provideDiagnostics: async () => ({ kind: 'full' as never, items: [] }),
  // One provider shows lenses (lens.ts), the server's or its own: two would show two for one place while the one takes over.
  provideCodeLenses: () => [],
  provideCodeActions: async (document, range, context, token, next) => {
    const actions = (await next(document, range, context, token)) ?? [];
    const own = actions.map((action) => (isAction(action) ? adapted(action) : action));
    return [...own, ...buildActions(document, context)];
  },
};

function isAction(action: vscode.Command | vscode.CodeAction): action is vscode.CodeAction {
  return typeof (action as vscode.Command).command !== 'string';
}

function adapted(action: vscode.CodeAction): vscode.CodeAction {
  const suppress = SUPPRESS.exec(action.title);
  if (suppress !== null && action.edit !== undefined) {
    const edit = action.edit;
    delete (action as { edit?: vscode.WorkspaceEdit }).edit;
    action.command = { title: action.title, command: 'framealloc.suppress', arguments: [suppress[1], edit] };
  }
  const explain = EXPLAIN.exec(action.title);
  if (explain !== null) action.command = { title: action.title, command: 'framealloc.explainCode', arguments: [explain[1]] };
  return action;
}

function buildActions(document: vscode.TextDocument, context: vscode.CodeActionContext): vscode.CodeAction[] {
  const missing = context.diagnostics.filter(
    (one) => one.source === 'framealloc' && one.code === undefined && one.severity === vscode.DiagnosticSeverity.Information && one.range.start.line === 0);
  if (missing.length === 0) return [];
  const action = new vscode.CodeAction('Choose Build Folder...', vscode.CodeActionKind.QuickFix);
  action.diagnostics = missing;
  action.command = { title: action.title, command: 'framealloc.chooseBuild', arguments: [document.uri] };
  return [action];
}

/** Effect: asks for the reason and applies the server's edit with it; without a reason nothing is changed. */
async function suppress(code: string, edit: vscode.WorkspaceEdit): Promise<void> {
  const reason = await vscode.window.showInputBox({
    title: `Suppress ${code}`, prompt: 'Why is it no mistake here? The reason stands in the source.', placeHolder: 'reason',
    validateInput: (text) => (text.trim() === '' ? 'A suppression needs a reason' : undefined),
  });
  const words = reason?.replace(/\s+/g, ' ').trim() ?? '';
  if (words === '') return;
  const changed = new vscode.WorkspaceEdit();
  for (const [uri, edits] of edit.entries()) {
    for (const one of edits) changed.replace(uri, one.range, one.newText.replace(PLACEHOLDER, () => words));
  }
  await vscode.workspace.applyEdit(changed);
}

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(vscode.commands.registerCommand('framealloc.suppress', suppress));
}
