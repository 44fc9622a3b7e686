// SPDX-License-Identifier: MIT OR Apache-2.0
// Where in the workspace a tag is opened.
import * as vscode from 'vscode';
import { components } from '@page/components/model.js';
import { taggedFunctions } from './tag_scan';

const MOST_FILES = 5_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** Result: the places that open the tag, or that part of its path that is opened last. */
export async function placesOf(path: string): Promise<vscode.Location[]> {
  const files = await vscode.workspace.findFiles('**/*.{c,cc,cpp,cxx,h,hh,hpp,hxx,inl,ipp,cu,cuh}', '**/{node_modules,.git}/**', MOST_FILES);
  const found: vscode.Location[] = [];
  for (const file of files) {
    const text = await textOf(file);
    if (text === undefined) continue;
    for (const { openings } of taggedFunctions(text)) {
      for (const opening of openings) {
        if (opens(opening.tag, path)) found.push(new vscode.Location(file, new vscode.Position(opening.line, opening.column)));
      }
    }
  }
  return found;
}

// A path is opened component by component: "physics" within "game" is game::physics.
function opens(tag: string, path: string): boolean {
  if (tag === path) return true;
  const parts = components(path);
  const last = components(tag);
  return last.length < parts.length && last.every((part, i) => parts[parts.length - last.length + i] === part);
}

async function textOf(file: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file.toString());
  if (open !== undefined) return open.getText();
  try {
    if ((await vscode.workspace.fs.stat(file)).size > MOST_BYTES) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return undefined;
  }
}

/** Effect: opens the place; several: the references peek. */
export async function goTo(places: readonly vscode.Location[]): Promise<void> {
  const first = places[0];
  if (first === undefined) return;
  const editor = await vscode.window.showTextDocument(first.uri, { selection: first.range });
  if (places.length > 1) {
    await vscode.commands.executeCommand('editor.action.showReferences', editor.document.uri, first.range.start, places);
  }
}
