// SPDX-License-Identifier: MIT OR Apache-2.0
// In the extension host: attaches and detaches in turns, and says when. What cost.mjs starts and reads.
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

exports.run = async () => {
  const root = vscode.workspace.workspaceFolders[0].uri.fsPath;
  const { rounds, seconds } = JSON.parse(fs.readFileSync(path.join(root, 'cost.json'), 'utf8'));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(root, 'main.cpp'))));
  const api = (await vscode.extensions.getExtension('framealloc.fa-insight').activate()).getApi(1);
  await vscode.commands.executeCommand('framealloc.openInspector');
  await pause(3000);
  for (let round = 0; round < rounds; ++round) {
    // Which comes first changes, so that what drifts favors neither.
    for (const attached of round % 2 === 0 ? [false, true] : [true, false]) {
      if (attached) await vscode.commands.executeCommand('framealloc.attach', vscode.Uri.file(path.join(root, 'snapshots')));
      else await vscode.commands.executeCommand('framealloc.detach');
      // What attaching itself costs is over by then.
      await pause(2000);
      const from = Date.now();
      await pause(seconds * 1000);
      console.log(`HOST ${JSON.stringify({ round, attached, from, to: Date.now(), state: api.state().program?.live === true })}`);
    }
  }
};
