// SPDX-License-Identifier: MIT OR Apache-2.0
// FA Insight: puts the features together.
import * as path from 'node:path';
import * as vscode from 'vscode';
import * as attach from './attach';
import * as buildFolder from './build_folder';
import * as check from './check';
import * as compare from './compare';
import * as demo from './demo';
import * as explain from './explain';
import * as inspector from './inspector';
import * as lens from './lens';
import * as middleware from './middleware';
import { Notices } from './notices';
import { Server, ServerStatus } from './server';
import { Session } from './session';
import * as statusBar from './status_bar';

let server: Server | undefined;

export interface Api {
  state(): unknown;
}

export function activate(context: vscode.ExtensionContext): { getApi(version: 1): Api } {
  const log = vscode.window.createOutputChannel('FA Insight', { log: true });
  const demoDirectory = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'demo');
  const status = new ServerStatus();
  const session = new Session(demoDirectory);
  const own = new Server(status, session, log, middleware.middleware);
  server = own;
  context.subscriptions.push(log, session, own);

  statusBar.activate(context, session, status);
  const notices = new Notices(context, session);
  const places = inspector.activate(context, session);
  compare.activate(context, session, places);
  attach.activate(context, session);
  buildFolder.activate(context);
  check.activate(context, own, log);
  demo.activate(context, session, own, demoDirectory);
  explain.activate(context);
  lens.activate(context, session, own);
  middleware.activate(context);

  context.subscriptions.push(
    vscode.commands.registerCommand('framealloc.restartServer', () => own.restart()),
    vscode.commands.registerCommand('framealloc.showOutput', () => log.show()),
    vscode.commands.registerCommand('framealloc.openWalkthrough', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', 'framealloc.fa-insight#framealloc.start', false)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void own.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('framealloc.path') || event.affectsConfiguration('framealloc.trace.server')) void own.restart();
      else if (event.affectsConfiguration('framealloc')) own.sendSettings();
    }),
    session.onDidAttach(() => own.sendSettings()),
  );
  if (vscode.extensions.getExtension('llvm-vs-code-extensions.vscode-clangd') !== undefined) {
    log.info('clangd is here too: where it shows framealloc-* findings of its clang-tidy module as well, add "Diagnostics: {ClangTidy: {Remove: framealloc-*}}" to .clangd');
  }
  // After this has returned, so that the window does not wait for it.
  status.set(vscode.workspace.isTrusted ? 'starting' : 'restricted');
  setTimeout(() => void own.restart(), 0);

  return { getApi: () => ({ state: () => state(status, session, notices) }) };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function state(status: ServerStatus, session: Session, notices: Notices): unknown {
  const folder = session.folder;
  const newest = folder?.run.newest;
  return {
    server: { state: status.state, version: status.version, pid: status.pid, restarts: status.restarts },
    program: folder === undefined ? null : {
      directory: folder.directory, name: folder.name, pid: newest?.process?.id ?? null, run: folder.run.number, frame: newest?.frame ?? null, live: folder.live,
    },
    snapshots: folder?.run.sequence ?? 0,
    problems: (folder?.problems ?? []).map(({ file, reason }) => ({ file, reason })),
    notices: [...notices.texts],
  };
}
