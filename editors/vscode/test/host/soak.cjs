// SPDX-License-Identifier: MIT OR Apache-2.0
// In the extension host: the heap while a program writes snapshots at game speed. What soak.mjs starts, reads and judges.
const fs = require('node:fs');
const path = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');
const vscode = require('vscode');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.run = async () => {
  const root = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const { seconds, everySeconds } = JSON.parse(fs.readFileSync(path.join(root, 'soak.json'), 'utf8'));
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(root, 'main.cpp'))));
  const api = (await vscode.extensions.getExtension('framealloc.fa-insight').activate()).getApi(1);
  await vscode.commands.executeCommand('framealloc.attach', vscode.Uri.file(path.join(root, 'snapshots')));
  await vscode.commands.executeCommand('framealloc.openInspector');
  const began = Date.now();
  for (;;) {
    // Twice: what the first one finalizes is freed by the second.
    collect();
    await pause(50);
    collect();
    const at = Math.round((Date.now() - began) / 1000);
    console.log(`HOST ${JSON.stringify({ at, heap: process.memoryUsage().heapUsed, snapshots: api.state().snapshots })}`);
    if (at >= seconds) return;
    await pause(Math.min(everySeconds, seconds - at) * 1000);
  }
};
