// SPDX-License-Identifier: MIT OR Apache-2.0
// Which build folder a workspace folder is analysed with.
import * as path from 'node:path';
import * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('framealloc.chooseBuild', async (given?: unknown) => {
      const of = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
      const folder = (of === undefined ? undefined : vscode.workspace.getWorkspaceFolder(of)) ?? vscode.workspace.workspaceFolders?.[0];
      if (folder === undefined) return;
      const databases = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/compile_commands.json'), '**/{node_modules,.git}/**', 100);
      const items: (vscode.QuickPickItem & { uri?: vscode.Uri })[] = databases
        .map((database) => vscode.Uri.joinPath(database, '..'))
        .map((uri) => ({ label: path.relative(folder.uri.fsPath, uri.fsPath) || '.', uri }))
        .sort((a, b) => (a.label < b.label ? -1 : 1));
      const chosen = await vscode.window.showQuickPick([...items, { label: 'Choose Folder...' }], { title: 'Choose Build Folder', placeHolder: 'Folder with compile_commands.json' });
      if (chosen === undefined) return;
      const uri = chosen.uri ?? (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, defaultUri: folder.uri, openLabel: 'Use' }))?.[0];
      if (uri === undefined) return;
      const relative = path.relative(folder.uri.fsPath, uri.fsPath);
      const value = relative.startsWith('..') || path.isAbsolute(relative) ? uri.fsPath : relative || '.';
      const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
      await vscode.workspace.getConfiguration('framealloc', folder.uri)
        .update('build', value, several ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Workspace);
    }),
  );
}
