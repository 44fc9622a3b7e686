// SPDX-License-Identifier: MIT OR Apache-2.0
// The status item: one icon, short text.
import * as vscode from 'vscode';
import { bytes } from '@page/components/figures.js';
import { fullest } from './budgets';
import { forLabel, forTooltip } from './names';
import { Pace } from './pace';
import type { Session } from './session';
import type { ServerStatus } from './server';
import { settings } from './settings';

const LEAST_MS = 200; // nobody reads faster

export function activate(context: vscode.ExtensionContext, session: Session, server: ServerStatus): void {
  const item = vscode.window.createStatusBarItem('framealloc.status', vscode.StatusBarAlignment.Left, 50);
  item.name = 'FA Insight';

  const show = (): void => {
    if (!settings.statusBar()) return item.hide();
    const trusted = vscode.workspace.isTrusted;
    const { text, command, warn, tooltip } = content(session);
    const broken = trusted && server.problem !== undefined;
    const icon = !trusted ? '$(shield)' : broken ? '$(warning)' : '$(pulse)';
    item.text = `${icon} ${trusted ? text : 'FA restricted'}`;
    const lines = [...tooltip];
    if (broken) lines.push(server.problem!);
    if (!trusted) lines.push('The workspace is not trusted: no program is started and nothing is written.');
    item.tooltip = lines.join('\n');
    item.accessibilityInformation = { label: `FA Insight: ${trusted ? text : 'FA restricted'}`, role: 'button' };
    item.command = !trusted ? 'workbench.trust.manage' : broken && text === 'FA' ? 'framealloc.showOutput' : command;
    item.backgroundColor = warn && trusted ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  const pace = new Pace(() => (show(), false), () => LEAST_MS);
  context.subscriptions.push(
    item,
    pace,
    session.onDidChange(() => pace.later()),
    server.onDidChange(show),
    session.addScreen(() => settings.statusBar()),
    vscode.workspace.onDidGrantWorkspaceTrust(show),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('framealloc')) show();
    }),
  );
  show();
}

interface Content {
  text: string;
  command: string | undefined;
  warn: boolean;
  tooltip: string[];
}

function content(session: Session): Content {
  const folder = session.folder;
  if (folder === undefined) {
    const live = session.live.length;
    const several = live > 1;
    return {
      text: several ? `FA ${live} programs` : 'FA', command: 'framealloc.attach', warn: false,
      tooltip: [several ? 'Several programs write snapshots; choose one.' : 'No program is attached.'],
    };
  }
  if (session.asking) return { text: 'FA asking...', command: undefined, warn: false, tooltip: [`Waiting for a snapshot of "${forTooltip(folder.name)}".`] };
  const snapshot = folder.run.newest;
  if (snapshot === undefined) return { text: 'FA', command: 'framealloc.attach', warn: false, tooltip: [`No snapshot in ${forTooltip(folder.directory)} yet.`] };
  const total = bytes(snapshot.summary.total_bytes);
  const tooltip = [`${forTooltip(folder.name)}, frame ${snapshot.frame}`, forTooltip(folder.directory)];
  if (!folder.live) return { text: `FA ${total} stopped`, command: 'framealloc.openInspector', warn: false, tooltip };
  const most = fullest(folder.run.levels.values());
  if (most === undefined || most.percent < settings.threshold()) return { text: `FA ${total}`, command: 'framealloc.openInspector', warn: false, tooltip };
  tooltip.push(`Fullest budget: ${forLabel(most.tag) || 'the program'}, ${bytes(most.level)} of ${bytes(most.limit)}`);
  return { text: `FA ${total} ${most.percent} %`, command: 'framealloc.openInspector', warn: true, tooltip };
}
