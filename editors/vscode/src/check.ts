// SPDX-License-Identifier: MIT OR Apache-2.0
// Checking: the active file by the server, the workspace by `fa check`.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import * as vscode from 'vscode';
import { FindingText } from './finding';
import { forNotification } from './names';
import { LANGUAGES, type Server } from './server';
import { settings } from './settings';

interface Totals {
  files: number;
  unread: number;
  findings: number;
  ended: boolean;
}

export function activate(context: vscode.ExtensionContext, server: Server, log: vscode.LogOutputChannel): void {
  const findings = vscode.languages.createDiagnosticCollection('framealloc-workspace');
  const isOpen = (uri: vscode.Uri): boolean =>
    vscode.workspace.textDocuments.some((document) => LANGUAGES.includes(document.languageId) && document.uri.toString() === uri.toString());
  context.subscriptions.push(
    findings,
    // An open file has the findings of the server.
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (server.status.state === 'running') findings.delete(document.uri);
    }),
    vscode.commands.registerCommand('framealloc.checkFile', async () => {
      const document = vscode.window.activeTextEditor?.document;
      if (document === undefined || !LANGUAGES.includes(document.languageId)) {
        void vscode.window.showInformationMessage('Open a C or C++ file to check it.');
        return;
      }
      const client = server.client;
      if (client === undefined) await server.restart();
      else await client.sendNotification('textDocument/didSave', { textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) } });
    }),
    vscode.commands.registerCommand('framealloc.checkWorkspace', () => checkWorkspace(findings, server, isOpen, log)),
  );
}

async function checkWorkspace(
  findings: vscode.DiagnosticCollection, server: Server, isOpen: (uri: vscode.Uri) => boolean, log: vscode.LogOutputChannel,
): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    await vscode.commands.executeCommand('workbench.trust.manage');
    return;
  }
  const { file } = server.program();
  if (file === undefined) {
    await server.restart(); // which says what is missing
    return;
  }
  const totals: Totals = { files: 0, unread: 0, findings: 0, ended: false };
  const byFile = new Map<string, vscode.Diagnostic[]>();
  const cancelled = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Checking the workspace', cancellable: true },
    async (progress, token) => {
      for (const folder of vscode.workspace.workspaceFolders ?? []) {
        if (token.isCancellationRequested) break;
        await checkFolder(file, folder, totals, byFile, log, token, (name) => progress.report({ message: `${totals.files} files, ${name}` }));
      }
      return token.isCancellationRequested;
    });
  findings.clear();
  for (const [name, list] of byFile) {
    const uri = vscode.Uri.file(name);
    if (!(server.status.state === 'running' && isOpen(uri))) findings.set(uri, list);
  }
  if (cancelled) return;
  const files = totals.files === 1 ? '1 file' : `${totals.files} files`;
  const found = totals.findings === 1 ? '1 finding' : `${totals.findings} findings`;
  const unread = totals.unread > 0 ? `, ${totals.unread} not read` : '';
  void vscode.window.showInformationMessage(`Checked ${files}: ${found}${unread}.`, 'Show Problems').then((chosen) => {
    if (chosen !== undefined) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}

function checkFolder(
  program: string, folder: vscode.WorkspaceFolder, totals: Totals, byFile: Map<string, vscode.Diagnostic[]>,
  log: vscode.LogOutputChannel, token: vscode.CancellationToken, report: (name: string) => void,
): Promise<void> {
  const root = folder.uri.fsPath;
  const build = settings.build(folder.uri);
  const words = ['check', '--format', 'ndjson', ...(build === '' ? [] : ['--build', build])];
  const seen = new Set<string>();
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
    const cancel = token.onCancellationRequested(() => child.kill());
    child.on('error', (error) => log.error(`fa check: ${error.message}`));
    child.stderr.on('data', (text: Buffer) => log.debug(`fa check: ${text.toString('utf8').trimEnd()}`));
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      let record: Record<string, unknown>;
      try {
        record = JSON.parse(line) as Record<string, unknown>;
      } catch {
        return;
      }
      if (record['type'] === 'file') {
        const read = record['status'] === 'analysed' || record['status'] === 'cached';
        if (read) ++totals.files;
        else if (record['status'] !== 'skipped') ++totals.unread;
        report(forNotification(path.basename(String(record['file']))));
      } else if (record['type'] === 'diagnostic' && record['suppressed'] !== true) {
        const key = `${String(record['file'])}:${String(record['line'])}:${String(record['column'])}:${String(record['code'])}`;
        if (seen.has(key)) return;
        seen.add(key);
        ++totals.findings;
        const name = path.resolve(root, String(record['file']));
        const list = byFile.get(name) ?? [];
        byFile.set(name, list);
        list.push(new FindingText(root, (file) => readText(file)).diagnostic(name, record));
      } else if (record['type'] === 'summary') {
        totals.ended = true;
      }
    });
    child.on('close', () => {
      cancel.dispose();
      resolve();
    });
  });
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
