// SPDX-License-Identifier: MIT OR Apache-2.0
// What a code means, as a read-only page.
import * as vscode from 'vscode';
import { codes, describe, findCode } from './codes';

const SCHEME = 'framealloc-code';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => {
        const code = findCode(uri.path.replace(/^\//, '').replace(/\.md$/, ''));
        return code === undefined ? '' : describe(code);
      },
    }),
    vscode.commands.registerCommand('framealloc.explainCode', async (given?: unknown) => {
      const code = typeof given === 'string' ? findCode(given) : await pick();
      if (code === undefined) {
        if (typeof given === 'string') void vscode.window.showInformationMessage('There is no such code.');
        return;
      }
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${code.id}.md` });
      try {
        await vscode.commands.executeCommand('markdown.showPreview', uri);
      } catch {
        // Markdown's own extension can be switched off.
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
      }
    }),
  );
}

async function pick(): Promise<ReturnType<typeof findCode>> {
  const chosen = await vscode.window.showQuickPick(
    codes.map((code) => ({ label: code.id, description: code.slug, detail: code.meaning })),
    { title: 'Explain a Code', placeHolder: 'Code, name or meaning', matchOnDescription: true, matchOnDetail: true });
  return chosen === undefined ? undefined : findCode(chosen.label);
}
