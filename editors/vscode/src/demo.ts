// SPDX-License-Identifier: MIT OR Apache-2.0
// The demo in a terminal, attached.
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { say } from './messages';
import { forTooltip } from './names';
import type { Server } from './server';
import { openPage, openSetting, type Session } from './session';

const FRAMES = 20_000;

export function activate(context: vscode.ExtensionContext, session: Session, server: Server, directory: string): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('framealloc.startDemo', async () => {
      if (!vscode.workspace.isTrusted) {
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      }
      const { tried, file } = server.program();
      if (file === undefined) {
        say('error', 1, `FA Insight cannot find "${forTooltip(tried)}". Install framealloc's tools or set framealloc.path.`, {
          'Install Guide': () => openPage('README.md'), 'Open Settings': openSetting('framealloc.path'),
        });
        return;
      }
      await fs.promises.mkdir(directory, { recursive: true });
      for (const terminal of vscode.window.terminals) if (terminal.name === 'FA Demo') terminal.dispose();
      const terminal = vscode.window.createTerminal({
        name: 'FA Demo', shellPath: file, shellArgs: ['demo', '--snapshots', directory, '--frames', String(FRAMES)],
      });
      terminal.show(true);
      session.attach(directory);
    }),
  );
}
