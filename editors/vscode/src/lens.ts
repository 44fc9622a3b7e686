// SPDX-License-Identifier: MIT OR Apache-2.0
// Lenses: the server's, and while none that makes them runs, our own; and the gutter heat of the lines that have one.
import * as vscode from 'vscode';
import { lensText, Peaks } from './lens_text';
import { LANGUAGES, type Server } from './server';
import { setContext, settings } from './settings';
import { Pace } from './pace';
import type { Session } from './session';
import { taggedFunctions } from './tag_scan';

const REFRESH_MS = 250;
// VS Code waits before it asks for lenses, and once more before it shows them, 250 ms or longer, and each change or answer begins that wait
// anew: changes that come too early would put off the lens forever. So the next comes when the answer to the last is on screen.
const FETCH_MS = 10_000;
const SHOW_MS = 250;
const STEPS = 5;

export interface LensPlace {
  line: number;
  tags: string[];
}

/** Result: one place above each function that opens tags, and one above each opening where it opens several. */
export function lensPlaces(text: string): LensPlace[] {
  const places: LensPlace[] = [];
  for (const { line, openings } of taggedFunctions(text)) {
    const tags = [...new Set(openings.map((opening) => opening.tag))];
    places.push({ line, tags });
    if (tags.length > 1) for (const opening of openings) places.push({ line: opening.line, tags: [opening.tag] });
  }
  return places;
}

export function activate(context: vscode.ExtensionContext, session: Session, server: Server): void {
  const changed = new vscode.EventEmitter<void>();
  const peaks = new Peaks();
  const heat = new Heat(session, peaks);
  let own = true;
  const refresh = new Pace(() => {
    // The server tells of its lenses itself; told twice, VS Code would begin its wait anew each time. Once more when it takes over.
    const fires = own || !server.makesLenses;
    own = !server.makesLenses;
    if (fires) changed.fire();
    heat.show();
    return fires;
  }, () => REFRESH_MS, FETCH_MS, SHOW_MS);
  const later = (): void => refresh.later();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document, token) {
      refresh.done();
      if (!settings.codeLens()) return [];
      const theirs = await server.lenses(document, token);
      if (theirs !== undefined) return theirs;
      const run = session.folder?.run;
      if (run === undefined) return [];
      return lensPlaces(document.getText()).flatMap(({ line, tags }) => {
        const text = lensText(run, tags, peaks);
        if (text === undefined) return [];
        return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
          title: text.title, command: 'framealloc.showInInspector', arguments: [{ tag: tags[0] }],
        })];
      });
    },
  };
  context.subscriptions.push(
    changed,
    heat,
    refresh,
    session.onDidTake(later),
    session.onDidAttach(later),
    server.status.onDidChange(later),
    session.addScreen(() => settings.codeLens() && vscode.window.visibleTextEditors.some((editor) => LANGUAGES.includes(editor.document.languageId))),
    vscode.window.onDidChangeVisibleTextEditors(() => heat.show()),
    vscode.workspace.onDidChangeTextDocument(later),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('framealloc.codeLens') || event.affectsConfiguration('framealloc.heat')) later();
      if (event.affectsConfiguration('framealloc.heat')) setContext('heat', settings.heat());
    }),
    vscode.languages.registerCodeLensProvider(LANGUAGES.map((language) => ({ scheme: 'file', language })), provider),
    vscode.commands.registerCommand('framealloc.toggleHeat', async () => {
      await vscode.workspace.getConfiguration('framealloc').update('heat.enabled', !settings.heat(), vscode.ConfigurationTarget.Global);
    }),
  );
  setContext('heat', settings.heat());
}

class Heat implements vscode.Disposable {
  private readonly marks: vscode.TextEditorDecorationType[];

  constructor(private readonly session: Session, private readonly peaks: Peaks) {
    this.marks = Array.from({ length: STEPS }, (_, step) =>
      vscode.window.createTextEditorDecorationType({
        gutterIconPath: vscode.Uri.joinPath(vscode.Uri.file(__dirname), '..', 'media', `heat-${step + 1}.svg`),
        gutterIconSize: 'contain',
        overviewRulerColor: new vscode.ThemeColor('charts.orange'),
        overviewRulerLane: vscode.OverviewRulerLane.Left,
      }));
  }

  dispose(): void {
    for (const mark of this.marks) mark.dispose();
  }

  show(): void {
    const run = this.session.folder?.run;
    for (const editor of vscode.window.visibleTextEditors) {
      if (!LANGUAGES.includes(editor.document.languageId)) continue;
      const rows = this.marks.map((): vscode.Range[] => []);
      if (run !== undefined && settings.heat()) {
        const places = lensPlaces(editor.document.getText()).map(({ line, tags }) => ({ line, bytes: lensText(run, tags, this.peaks)?.bytes ?? 0 }));
        const most = Math.max(...places.map((place) => place.bytes), 1);
        for (const { line, bytes } of places) {
          rows[Math.min(Math.floor((STEPS * bytes) / most), STEPS - 1)]!.push(new vscode.Range(line, 0, line, 0));
        }
      }
      this.marks.forEach((mark, step) => editor.setDecorations(mark, rows[step]!));
    }
  }
}
