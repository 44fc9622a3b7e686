// SPDX-License-Identifier: MIT OR Apache-2.0
// The settings, as they are now. What is out of its range counts as the nearest that is in it.
import * as vscode from 'vscode';

type Scope = vscode.ConfigurationScope | undefined;

function value<T>(key: string, fallback: T, scope?: Scope): T {
  const given = vscode.workspace.getConfiguration('framealloc', scope).get<T>(key, fallback);
  return typeof given === typeof fallback ? given : fallback;
}

function within(key: string, fallback: number, least: number, most: number): number {
  const given = value(key, fallback);
  return Number.isFinite(given) ? Math.min(Math.max(given, least), most) : fallback;
}

export const settings = {
  path: (): string => value('path', '').trim(),
  build: (scope?: Scope): string => value('build', '', scope).trim(),
  snapshotDir: (scope?: Scope): string => value('snapshotDir', '', scope).trim(),
  autoAttach: (scope?: Scope): boolean => value('autoAttach', true, scope),
  onType: (): boolean => value('onType', true),
  debounceMs: (): number => within('debounceMs', 300, 50, 5000),
  inlayHints: (): boolean => value('inlayHints', false),
  requestIntervalMs: (): number => {
    const given = within('requestIntervalMs', 1000, 0, 60_000);
    return given === 0 ? 0 : Math.max(given, 50);
  },
  codeLens: (): boolean => value('codeLens.enabled', true),
  heat: (): boolean => value('heat.enabled', false),
  statusBar: (): boolean => value('statusBar.enabled', true),
  notices: (): boolean => value('notices.enabled', true),
  threshold: (): number => within('notices.threshold', 80, 1, 100),
  intervalMs: (): number => within('notices.intervalSeconds', 10, 0, 3600) * 1000,
  trace: (): string => value('trace.server', 'off'),
};

export const firstFolder = (): vscode.Uri | undefined => vscode.workspace.workspaceFolders?.[0]?.uri;

export function setContext(key: string, is: unknown): void {
  void vscode.commands.executeCommand('setContext', `framealloc.${key}`, is);
}
