// SPDX-License-Identifier: MIT OR Apache-2.0
// A record of `fa check` as a diagnostic of the editor.
import * as path from 'node:path';
import * as vscode from 'vscode';
import { pageOfCode } from './codes';

/** Result: the column in UTF-16 units, from 0, of a column in UTF-8 bytes, from 1. */
export function utf16Column(line: string, column: number): number {
  const before = Buffer.from(line, 'utf8').subarray(0, Math.max(column - 1, 0));
  return before.toString('utf8').length;
}

export class FindingText {
  private readonly lines = new Map<string, string[]>();

  constructor(private readonly root: string, private readonly read: (file: string) => string) {}

  diagnostic(file: string, record: Record<string, unknown>): vscode.Diagnostic {
    const start = this.position(file, record['line'], record['column']);
    const end = Number(record['end_line']) > 0 ? this.position(file, record['end_line'], record['end_column']) : start;
    const notes = Array.isArray(record['notes']) ? record['notes'].map(String) : [];
    const found = new vscode.Diagnostic(new vscode.Range(start, end), [String(record['message']), ...notes].join('\n'), severity(record['severity']));
    const code = String(record['code']);
    found.source = 'framealloc';
    found.code = { value: code, target: vscode.Uri.parse(pageOfCode(code)) };
    const related = Array.isArray(record['related']) ? (record['related'] as Record<string, unknown>[]) : [];
    found.relatedInformation = related.map((place) => {
      const name = path.resolve(this.root, String(place['file']));
      return new vscode.DiagnosticRelatedInformation(
        new vscode.Location(vscode.Uri.file(name), this.position(name, place['line'], place['column'])), String(place['message']));
    });
    return found;
  }

  private position(file: string, line: unknown, column: unknown): vscode.Position {
    const row = Math.max(Number(line) - 1, 0);
    let lines = this.lines.get(file);
    if (lines === undefined) this.lines.set(file, (lines = this.read(file).split('\n')));
    return new vscode.Position(row, utf16Column(lines[row] ?? '', Number(column)));
  }
}

function severity(word: unknown): vscode.DiagnosticSeverity {
  if (word === 'error') return vscode.DiagnosticSeverity.Error;
  return word === 'warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Hint;
}
