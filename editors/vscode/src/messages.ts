// SPDX-License-Identifier: MIT OR Apache-2.0
// The messages that have a remedy: each at most once a session.
import * as vscode from 'vscode';

const said = new Set<string>();

type Severity = 'error' | 'warning' | 'information';

/** Effect: shows message `number` with these buttons, unless it was shown before. */
export function say(severity: Severity, number: number, text: string, buttons: Record<string, () => void>): void {
  const key = String(number);
  if (said.has(key)) return;
  said.add(key);
  const shown = text.replace(/\[/g, '(').replace(/\]/g, ')');
  const show =
    severity === 'error' ? vscode.window.showErrorMessage
    : severity === 'warning' ? vscode.window.showWarningMessage
    : vscode.window.showInformationMessage;
  void show(shown, ...Object.keys(buttons)).then((chosen) => {
    if (chosen !== undefined) buttons[chosen]?.();
  });
}
