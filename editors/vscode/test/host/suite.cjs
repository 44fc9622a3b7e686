// SPDX-License-Identifier: MIT OR Apache-2.0
// In the extension host, with the real `vscode`: every command and every setting.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const manifest = require('../../package.json');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(look, what, ms = 30_000) {
  const end = Date.now() + ms;
  let last;
  do {
    last = await look();
    if (last) return last;
    await pause(50);
  } while (Date.now() < end);
  throw new Error(`timed out: ${what}; last ${JSON.stringify(last)}`);
}

const MiB = 1024 * 1024;
let api;
let root;
const state = () => api.state();
const run = (command, ...words) => vscode.commands.executeCommand(`framealloc.${command}`, ...words);
const set = (key, value) => vscode.workspace.getConfiguration('framealloc').update(key, value, vscode.ConfigurationTarget.Workspace);

let samples;
function put(folder, frame, { bytes = MiB, limit = 8 * MiB, pid = 4711, denials = 0, name = 'game' } = {}) {
  const { snapshot, tag, budget, write } = samples;
  return write(folder, snapshot(frame, { pid, name, tags: [tag('physics', bytes)], budgets: [budget('physics', bytes, limit, bytes, denials)] }));
}
const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.label);

const tests = {
  async 'it is activated by a C++ file, and says so'() {
    const extension = vscode.extensions.getExtension('framealloc.fa-insight');
    assert.ok(extension);
    const began = Date.now();
    const exported = await extension.activate();
    console.log(`HOST      activation at most ${Date.now() - began} ms`);
    api = exported.getApi(1);
    assert.deepEqual(Object.keys(state()).sort(), ['notices', 'problems', 'program', 'server', 'snapshots']);
    assert.equal(JSON.stringify(state()), JSON.stringify(JSON.parse(JSON.stringify(state()))));
  },
  async 'every command is there'() {
    const all = new Set(await vscode.commands.getCommands(true));
    for (const { command, category } of manifest.contributes.commands) {
      assert.ok(all.has(command), command);
      assert.equal(category, 'FA Insight');
    }
    assert.equal(manifest.contributes.commands.length, 18);
  },
  async 'every setting has its default and its scope'() {
    const configuration = vscode.workspace.getConfiguration('framealloc');
    for (const [key, is] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.deepEqual(configuration.inspect(key.slice('framealloc.'.length)).defaultValue, is.default, key);
      assert.ok(is.description.length > 10, key);
    }
  },
  async 'without a program nothing is attached'() {
    await until(() => state().server.state === 'missing' || state().server.state === 'running', 'the server is found or not');
    assert.equal(state().program, null);
    assert.equal(state().snapshots, 0);
  },
  async 'one live program is attached by itself'() {
    const folder = path.join(root, 'out/snapshots');
    put(folder, 1);
    put(folder, 2);
    // It is attached before its first snapshot has been read.
    const { program } = await until(() => state().program?.frame === 2 && state(), 'attached');
    assert.deepEqual(program, { directory: folder, name: 'game', pid: 4711, run: 1, frame: 2, live: true });
    assert.equal(state().snapshots, 2);
    put(folder, 3);
    await until(() => state().program.frame === 3, 'frame 3');
  },
  async 'a smaller frame begins a run'() {
    put(path.join(root, 'out/snapshots'), 1, { pid: 4712 });
    await until(() => state().program.run === 2 && state().program.pid === 4712, 'run 2');
    assert.equal(state().snapshots, 1);
  },
  async 'files that are none are problems'() {
    const folder = path.join(root, 'out/snapshots');
    const bad = path.join(folder, 'snapshot_0000000000000077.json');
    fs.writeFileSync(bad, 'no');
    await until(() => state().problems.length === 1, 'a problem');
    assert.deepEqual(state().problems, [{ file: 'snapshot_0000000000000077.json', reason: 'json' }]);
    fs.rmSync(bad);
    await until(() => state().problems.length === 0, 'no problem');
  },
  async 'a budget is told at the threshold, unless notices are off or muted'() {
    const folder = path.join(root, 'out/snapshots');
    await set('notices.threshold', 50);
    put(folder, 10, { pid: 4712, bytes: 5 * MiB });
    await until(() => state().notices.length === 1, 'a notice');
    assert.equal(state().notices[0], "'physics' is at 62 % of its budget: 5.00 MiB of 8.00 MiB, frame 10.");
    await run('muteNotices');
    put(folder, 11, { pid: 4712, bytes: 5 * MiB, denials: 1 });
    await until(() => state().program.frame === 11, 'frame 11');
    await run('unmuteNotices');
    await set('notices.enabled', false);
    put(folder, 12, { pid: 4712, bytes: 5 * MiB, denials: 2 });
    await until(() => state().program.frame === 12, 'frame 12');
    await pause(200);
    assert.equal(state().notices.length, 1);
    await set('notices.enabled', undefined);
    put(folder, 13, { pid: 4712, bytes: 5 * MiB, denials: 4 });
    await until(() => state().notices.length === 2, 'a denial');
    assert.match(state().notices[1], /^'physics' was denied memory 2 times: its budget of 8\.00 MiB is full, frame 13\.$/);
    await set('notices.threshold', undefined);
  },
  async 'lenses have a command, and can be switched off'() {
    const uri = vscode.Uri.file(path.join(root, 'main.cpp'));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    const lenses = () => vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri, 50);
    const found = await until(async () => {
      const all = await lenses();
      return all.length === 4 && all;
    }, 'lenses');
    assert.equal(found[0].command.command, 'framealloc.showInInspector');
    assert.deepEqual(found[0].command.arguments, [{ tag: 'physics' }]);
    assert.match(found[0].command.title, /^physics: 5\.00 MiB this frame · peak 5\.00 MiB · 62 % of 8\.00 MiB/);
    await set('codeLens.enabled', false);
    await until(async () => (await lenses()).length === 0, 'no lenses');
    await set('codeLens.enabled', undefined);
  },
  async 'heat is toggled'() {
    const heat = () => vscode.workspace.getConfiguration('framealloc').get('heat.enabled');
    assert.equal(heat(), false);
    await run('toggleHeat');
    await until(() => heat() === true, 'heat');
    await run('toggleHeat');
    await until(() => heat() === false, 'no heat');
  },
  async 'a snapshot is asked for, by hand and by itself'() {
    const request = path.join(root, 'out/snapshots/snapshot.request');
    await set('requestIntervalMs', 0);
    await pause(1200);
    fs.rmSync(request, { force: true });
    await pause(300);
    assert.ok(!fs.existsSync(request));
    await run('requestSnapshot');
    assert.ok(fs.existsSync(request));
    fs.rmSync(request);
    put(path.join(root, 'out/snapshots'), 14, { pid: 4712 });
    await set('requestIntervalMs', 50);
    await until(() => fs.existsSync(request), 'request');
    await set('requestIntervalMs', undefined);
  },
  async 'detaching lasts while the program runs'() {
    await run('detach');
    assert.equal(state().program, null);
    put(path.join(root, 'out/snapshots'), 15, { pid: 4712 });
    await pause(2500);
    assert.equal(state().program, null);
    await run('attach', vscode.Uri.file(path.join(root, 'out/snapshots')));
    await until(() => state().program?.frame === 15, 'attached');
    await run('detach');
  },
  async 'of several programs none is attached, and a folder that is set is'() {
    const other = path.join(root, 'other');
    const timer = setInterval(() => {
      put(other, Date.now() % 1e9, { name: 'other', pid: 5 });
      put(path.join(root, 'out/snapshots'), Date.now() % 1e9, { pid: 4713 });
    }, 500);
    try {
      await pause(3000);
      assert.equal(state().program, null);
      await set('snapshotDir', 'other');
      await until(() => state().program?.directory === other, 'the folder that is set');
      await set('snapshotDir', undefined);
    } finally {
      clearInterval(timer);
    }
  },
  async 'two snapshots compare, and the report opens'() {
    const folder = path.join(root, 'pair');
    const files = [put(folder, 120), put(folder, 240, { bytes: 2 * MiB })].map((file) => vscode.Uri.file(file));
    await run('compareSnapshots', ...files);
    await until(() => tabs().includes('frame 120 → frame 240'), 'comparison');
    await run('openReport');
    await until(() => tabs().includes('Memory Report'), 'report');
    await run('openInspector');
    await run('showInInspector', { tag: 'physics' });
  },
  async 'a code is explained as a page'() {
    await run('explainCode', 'FA601');
    await until(() => tabs().some((label) => label.includes('FA601')), 'page');
  },
  async 'the output and the walkthrough open'() {
    await run('showOutput');
    await run('openWalkthrough');
    await until(() => tabs().some((label) => /Walkthrough|Get Started|Welcome/.test(label)), 'walkthrough').catch((error) => {
      throw new Error(`${error.message}: ${tabs().join(', ')}`);
    });
  },
  async 'a path that leads nowhere is missing, and one that is no server is told'() {
    await set('path', '/nowhere/fa');
    await until(() => state().server.state === 'missing', 'missing');
    const stub = path.join(root, 'stub');
    fs.writeFileSync(stub, '#!/bin/sh\nexit 2\n', { mode: 0o755 });
    await set('path', stub);
    await until(() => state().server.state === 'stopped', 'stopped');
    assert.equal(state().server.pid, null);
  },
  async 'a server that answers runs, is ended and started again'() {
    const server = path.join(root, 'server.sh');
    fs.writeFileSync(server, `#!/bin/sh\nexec "${process.execPath}" "${path.join(__dirname, "server.cjs")}" "$@"\n`, { mode: 0o755 });
    await set('path', server);
    await until(() => state().server.state === 'running', 'running');
    assert.equal(state().server.version, '0.9.0');
    const { pid } = state().server;
    assert.ok(pid > 0);
    process.kill(pid, 'SIGKILL');
    await until(() => state().server.state === 'running' && state().server.pid !== pid && state().server.restarts === 1, 'again');
    await run('restartServer');
    await until(() => state().server.state === 'running', 'restarted');
    await run('checkFile');
  },
  async 'the findings of a server are there once, with their fixes'() {
    const uri = vscode.Uri.file(path.join(root, 'main.cpp'));
    const found = await until(() => {
      const all = vscode.languages.getDiagnostics(uri);
      return all.length > 0 && all;
    }, 'finding');
    assert.equal(found.length, 1);
    assert.equal(found[0].source, 'framealloc');
    assert.equal(found[0].code.value, 'FA601');
    const actions = await vscode.commands.executeCommand('vscode.executeCodeActionProvider', uri, found[0].range);
    assert.deepEqual(actions.map((action) => action.title), ['Suppress FA601 on this line...', 'Suppress FA601 in this file...', 'Explain FA601']);
    assert.equal(actions[2].command.command, 'framealloc.explainCode');
    assert.equal(actions[0].command.command, 'framealloc.suppress');
  },
  async 'a place has one lens: the server\'s while it runs, else our own'() {
    const uri = vscode.Uri.file(path.join(root, 'main.cpp'));
    const titles = async () => (await vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri, 50)).map((lens) => lens.command.title);
    const folder = path.join(root, 'out/snapshots');
    put(folder, 20, { pid: 4714 });
    await run('attach', vscode.Uri.file(folder));
    await until(() => state().program?.frame === 20, 'attached');
    // The server is asked, though we have figures for four lenses.
    assert.deepEqual(await titles(), ['of the server']);
    await set('codeLens.enabled', false);
    assert.deepEqual(await titles(), []);
    await set('codeLens.enabled', undefined);
    fs.writeFileSync(path.join(root, 'busy'), '');
    assert.equal((await titles()).length, 4, 'a server that does not answer holds nothing up');
    fs.rmSync(path.join(root, 'busy'));
    assert.deepEqual(await titles(), ['of the server']);
    const { path: server } = vscode.workspace.getConfiguration('framealloc');
    await set('path', '/nowhere/fa');
    await until(() => state().server.state === 'missing', 'missing');
    assert.equal((await titles()).length, 4);
    await set('path', server);
    await until(() => state().server.state === 'running', 'running');
    assert.deepEqual(await titles(), ['of the server']);
    await run('detach');
  },
  async 'the settings reach the server'() {
    const told = () => JSON.parse(fs.readFileSync(path.join(root, 'settings.json'), 'utf8'));
    await set('debounceMs', 10);
    await until(() => told().debounceMs === 50, 'what is out of range is the nearest that is in it');
    await set('onType', false);
    await until(() => told().onType === false, 'onType');
    await set('inlayHints', true);
    await until(() => told().inlayHints === true, 'inlayHints');
    await set('build', 'b');
    await until(() => told().build === 'b', 'build');
    assert.equal(typeof told().snapshotDir, 'string');
    for (const key of ['debounceMs', 'onType', 'inlayHints', 'build']) await set(key, undefined);
  },
  async 'the workspace is checked; an open file keeps the findings of the server'() {
    await run('checkWorkspace');
    const closed = vscode.Uri.file(path.join(root, 'closed.cpp'));
    await until(() => vscode.languages.getDiagnostics(closed).length === 1, 'finding of a closed file');
    assert.deepEqual(vscode.languages.getDiagnostics(closed)[0].range.start, new vscode.Position(1, 2));
    assert.equal(vscode.languages.getDiagnostics(vscode.Uri.file(path.join(root, 'main.cpp'))).length, 1);
  },
  async 'an old server is told'() {
    fs.writeFileSync(path.join(root, 'version'), '0.0.9');
    await run('restartServer');
    await until(() => state().server.state === 'old', 'old');
    assert.equal(state().server.version, '0.0.9');
    await set('path', undefined);
  },
};

exports.run = async () => {
  samples = await import('../e2e/snapshots.mjs');
  root = vscode.workspace.workspaceFolders[0].uri.fsPath;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(root, 'main.cpp'))));
  let passed = 0;
  let failed = 0;
  for (const [name, body] of Object.entries(tests)) {
    const began = Date.now();
    try {
      await body();
      ++passed;
      console.log(`HOST ok   ${name} (${Date.now() - began} ms)`);
    } catch (error) {
      ++failed;
      console.log(`HOST FAIL ${name}: ${error && error.stack}`);
    }
  }
  console.log(`HOST ${passed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} failed`);
};
