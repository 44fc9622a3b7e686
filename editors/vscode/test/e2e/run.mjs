// SPDX-License-Identifier: MIT OR Apache-2.0
// What a user sees of the extension, in a real VS Code: node test/e2e/run.mjs
// FA_CODE_SERVER: what install-code-server.sh made; FA_PROGRAM: the program fa, for the demo; FA_ONLY: sessions of these names;
// FA_SHOTS: where screenshots go (docs/images for those of the documentation); FA_BAIL, KEEP, FA_LOG: for looking into failures
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { extensionRoot, pause, plain, startChromium, startCodeServer, until, Workbench } from './lib.mjs';
import { budget, device, MiB, snapshot, tag, write } from './snapshots.mjs';

const host = process.env.FA_CODE_SERVER;
const program = process.env.FA_PROGRAM ?? '';
const out = process.env.FA_SHOTS ?? path.join(import.meta.dirname, 'out');
fs.mkdirSync(out, { recursive: true });
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let passed = 0;
let failed = 0;
const only = process.env.FA_ONLY?.split(',');

async function step(name, body) {
  const began = Date.now();
  try {
    await body();
    ++passed;
    console.log(`ok   ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    ++failed;
    console.log(`FAIL ${name} (${Date.now() - began} ms)\n${error.stack}`);
    await current?.page.screenshot({ path: path.join(out, `failed-${failed}.png`) }).catch(() => undefined);
    // What comes after stands on it.
    if (process.env.FA_BAIL) throw error;
  }
}

let current;
async function session(name, options, files, body) {
  if (only !== undefined && !only.includes(name)) return;
  console.log(`--- ${name}`);
  const server = await startCodeServer({ host, ...options });
  const browser = await startChromium();
  current = browser;
  const strangers = new Set();
  browser.page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.hostname !== '127.0.0.1' && !url.hostname.endsWith('vscode-cdn.net')) strangers.add(url.host);
  });
  try {
    const workbench = new Workbench(browser.page);
    await workbench.open(server, files);
    await body(workbench, server);
    await step(`${name}: nobody else is asked`, async () => assert.deepEqual([...strangers], []));
  } catch (error) {
    ++failed;
    console.log(`FAIL ${name}: ${error.stack}`);
    await browser.page.screenshot({ path: path.join(out, `failed-${failed}.png`) }).catch(() => undefined);
  } finally {
    if (failed > 0 && process.env.FA_LOG) console.log(server.log().slice(-3000));
    await browser.stop();
    await server.stop();
    current = undefined;
  }
}

// A game that another step may steer.
class Game {
  constructor(folder, pid = 4711) {
    this.folder = folder;
    this.pid = pid;
    this.frame = 0;
    this.bytes = 4 * MiB;
    this.limit = 8 * MiB;
    this.denials = 0;
    this.peak = 0;
    this.more = {};
  }
  write(more = {}) {
    ++this.frame;
    this.peak = Math.max(this.peak, this.bytes);
    return write(this.folder, snapshot(this.frame, {
      pid: this.pid,
      tags: [tag('game::physics', this.bytes), tag('game::render', 2 * MiB), tag('game::hud', 512 * 1024), tag('assets', 20 * MiB, 'heap'), tag('', 1024, 'pool')],
      budgets: [budget('game::physics', this.bytes, this.limit, this.peak, this.denials), { ...budget('assets', 20 * MiB, 64 * MiB), soft_limit: 48 * MiB }],
      ...this.more,
      ...more,
    }));
  }
  start(ms = 200) {
    this.timer = setInterval(() => this.write(), ms);
  }
  stop() {
    clearInterval(this.timer);
  }
}

const source = fs.readFileSync(path.join(import.meta.dirname, 'game.cpp'), 'utf8');

async function noViolation(frame, what) {
  await frame.evaluate(axe);
  const violations = await frame.evaluate(async () => {
    const result = await window.axe.run(document);
    return result.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  });
  assert.deepEqual(violations, [], what);
}

// What a page shows of a snapshot, as raw numbers: all but what only one of the two can know, such as who is asked.
const figuresIn = (frame) => frame.locator('[data-testid]').evaluateAll((all) => all
  .filter((one) => !['inspector', 'process', 'directory', 'problem', 'goto', 'tile-peak', 'comparison', 'delta-total', 'show-equal', 'mark'].includes(one.dataset.testid))
  .map((one) => [one.dataset.testid, ...Object.entries(one.dataset).filter(([key]) => key !== 'testid').map(([key, value]) => `${key}=${value}`).sort()].join(' ')));

let game;
await session('figures', {
  machine: { 'framealloc.path': '/nowhere/fa' },
  settings: { 'framealloc.notices.intervalSeconds': 0 },
  fill: (workspace) => {
    fs.writeFileSync(path.join(workspace, 'main.cpp'), source);
    game = new Game(path.join(workspace, 'build/snapshots'));
    for (let i = 0; i < 12; ++i) game.write();
    fs.writeFileSync(path.join(game.folder, 'snapshot_0000000000999999.json'), '{"version": 2}');
    fs.symlinkSync('/etc/passwd', path.join(game.folder, 'snapshot_0000000000999998.json'));
    game.start();
  },
}, ['main.cpp'], async (workbench) => {
  const { page } = workbench;
  await step('the status item has the bytes in use', async () => {
    await until(async () => (await workbench.status()) === 'FA 26.5 MiB', 'status', 120_000).catch(async (error) => {
      throw new Error(`${error.message}: ${await workbench.status()}`);
    });
  });
  await step('a server that is missing is told once, with its remedy', async () => {
    await until(async () => (await workbench.notices()).some((text) => text.includes('FA Insight cannot find "/nowhere/fa". Install framealloc\'s tools or set framealloc.path.')), 'message 1');
    await workbench.clearNotices();
  });
  await step('functions have lenses, those of several tags one for each', async () => {
    const lenses = await until(async () => {
      const found = await workbench.lenses();
      // The snapshots that were there are read one by one, so the first lens may know few of them.
      return found.length === 4 && /^physics.*█{8}$/.test(found[0]) && found;
    }, 'four lenses');
    assert.match(lenses[0], /^physics: 4\.00 MiB this frame · peak 4\.00 MiB → █{8}$/);
    assert.match(lenses[1], /^2 tags: 2\.50 MiB this frame · peak 2\.50 MiB → █{8}$/);
    assert.match(lenses[2], /^render: 2\.00 MiB this frame/);
    assert.match(lenses[3], /^hud: 512 KiB this frame/);
  });
  await step('a lens follows the frames', async () => {
    game.bytes = 5 * MiB;
    await until(async () => /^physics: 5\.00 MiB this frame · peak 5\.00 MiB [↗→]/.test((await workbench.lenses())[0] ?? ''), 'moved lens');
  });
  let frame;
  await step('a click on a lens shows the tag in the inspector', async () => {
    await page.locator('.codelens-decoration a', { hasText: 'physics' }).first().click();
    frame = await workbench.webview('inspector');
    await until(() => frame.evaluate(() => document.activeElement?.getAttribute('data-path') === 'game::physics'), 'focus on the tag');
  });
  const attribute = (testid, name) => frame.locator(`[data-testid="${testid}"]`).first().getAttribute(name);
  await step('the inspector has raw numbers beside the text', async () => {
    assert.equal(await attribute('inspector', 'data-state'), 'live');
    assert.equal(await attribute('inspector', 'data-pid'), '4711');
    assert.equal(await attribute('tile-total', 'data-bytes'), String(27.5 * MiB + 1024));
    assert.ok(Number(await attribute('chart-bytes', 'data-points')) >= 12);
    assert.ok(Number(await attribute('time-p50', 'data-us')) >= 4000);
    const gameTag = frame.locator('[data-testid="tag"][data-path="game"]');
    assert.equal(await gameTag.getAttribute('data-bytes'), String(7.5 * MiB));
    assert.equal(await gameTag.getAttribute('aria-level'), '1');
    assert.equal(await gameTag.getAttribute('aria-expanded'), 'true');
    assert.equal(await frame.locator('[data-testid="tag"][data-path=""]').textContent().then((text) => text.includes('(no tag)')), true);
    const physics = frame.locator('[data-testid="budget"][data-tag="game::physics"]');
    assert.equal(await physics.getAttribute('data-percent'), '62');
    assert.equal(await attribute('flows', 'data-promoted'), '3');
    assert.equal(await attribute('flows', 'data-deferred'), '4');
    assert.equal(await attribute('phase', 'data-us'), '1200');
    assert.equal(await attribute('thread', 'data-id'), '1');
    assert.equal(await frame.locator('[data-testid="pools"], [data-testid="gpu"], [data-testid="handles"], [data-testid="streaming"]').count(), 0, 'no empty section');
  });
  await step('in the sidebar nothing is cut off, and the bars stand below each other', async () => {
    const cut = await frame.locator('.scroll').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => `${one.textContent}: ${one.scrollWidth} of ${one.clientWidth}`));
    assert.deepEqual(cut, []);
    const lefts = await frame.locator('[data-testid="tag"] .bar').evaluateAll((all) => [...new Set(all.map((one) => Math.round(one.getBoundingClientRect().right)))]);
    assert.equal(lefts.length, 1, `bars end at ${lefts}`);
  });
  await step('files that are none are problems, with their reason', async () => {
    const reasons = await frame.locator('[data-testid="problem"]').evaluateAll((all) => all.map((one) => `${one.dataset.file} ${one.dataset.reason}`).sort());
    assert.deepEqual(reasons, ['snapshot_0000000000999998.json kind', 'snapshot_0000000000999999.json schema']);
  });
  await step('the tree is used by keys, and keeps its focus over updates', async () => {
    const focused = () => frame.evaluate(() => document.activeElement?.getAttribute('data-path'));
    for (const [key, expected] of [['Home', 'assets'], ['End', ''], ['g', 'game'], ['ArrowLeft', 'game'], ['ArrowDown', ''], ['ArrowUp', 'game'], ['ArrowRight', 'game'], ['ArrowRight', 'game::physics']]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), expected, key);
      await pause(key === 'g' ? 800 : 0);
    }
    await pause(600);
    assert.equal(await focused(), 'game::physics');
  });
  await step('a tag has its growth since the first snapshot, and a budget its soft limit', async () => {
    const physics = frame.locator('[data-testid="tag"][data-path="game::physics"]');
    assert.equal(await physics.getAttribute('data-growth'), String(MiB));
    const marks = await frame.locator('[data-testid="budget"] .meter b').evaluateAll((all) => all.map((one) => (one.hidden ? 'none' : one.style.left)));
    assert.deepEqual(marks, ['none', '75%']);
  });
  await step('at 80 % there is a notice, once', async () => {
    game.bytes = Math.ceil(6.8 * MiB);
    await until(async () => (await workbench.notices()).some((text) => /^'game::physics' is at 85 % of its budget: 6\.80 MiB of 8\.00 MiB, frame \d+\.$/.test(text)), 'notice');
    await until(async () => (await workbench.status()) === 'FA 29.3 MiB 85 %', 'status with per cent');
    await pause(600); // it slides in
    await page.screenshot({ path: path.join(out, 'vscode-dark.png') });
    const buttons = (await page.locator('.notification-toast .monaco-button').allTextContents()).map(plain);
    assert.deepEqual(buttons, ['Show in Inspector', 'Go to Code', "Don't Show Again"]);
    await pause(1000);
    assert.equal((await workbench.notices()).length, 1);
  });
  await step('from the notice to the code', async () => {
    await page.locator('.notification-toast .monaco-button', { hasText: 'Go to Code' }).click();
    await until(async () => plain(await page.locator('.statusbar-item', { hasText: 'Ln ' }).first().textContent()).includes('Ln 12'), 'line 12');
  });
  await step('a denial is told', async () => {
    game.denials = 3;
    await until(async () => (await workbench.notices()).some((text) => /^'game::physics' was denied memory 3 times: its budget of 8\.00 MiB is full, frame \d+\.$/.test(text)), 'denial');
    await workbench.clearNotices();
  });
  await step('axe finds nothing, in the dark theme', () => noViolation(frame, 'dark'));
  await step('what version 3 adds is shown when it is there', async () => {
    game.more = {
      more: {
        version: 3,
        pools: [{ block_bytes: 64, pages: 2, blocks: 500, free_blocks: 100, allocations: 7000 }],
        handles: { count: 5, bytes: 800, slots: 8, relocatable: 5, pinned: 1, deferred_frees: 0, chunks: 1, chunk_bytes: 65536, hole_bytes: 655, large_bytes: 0, relocations_total: 2, relocated_bytes_total: 160 },
        streaming: { budget: 1000, reserved_bytes: 800, loaded_bytes: 400, peak_bytes: 800, pinned_bytes: 0, assets: 3, reserved: 1, loading: 1, ready: 1, evicting: 0, failed: 0, pinned: 0, evictions_total: 4, evicted_bytes_total: 99, denials: 0 },
        sites: [{ file: 'main.cpp', line: 12, function: 'step', type: 'int', tag: 'game', alloc_kind: 'pool', count: 3, bytes: 4096, age_frames: 9 }],
        gpu: { devices: [device('GPU <b>0</b>', 6 * MiB, 8 * MiB, [['world::terrain', 4 * MiB], ['hud', 2 * MiB]])] },
        diagnostics: [{ code: 'FA007', tag: null, message: 'leak: 3 blocks at main.cpp:12, <b>not</b> at /etc/passwd.txt:1' }],
      },
    };
    await until(async () => (await frame.locator('[data-testid="pool"][data-size="64"]').getAttribute('data-free')) === '100', 'pools');
    assert.equal(await attribute('handles', 'data-count'), '5');
    assert.ok((await frame.locator('[data-testid="gpu"] h3').textContent()).includes('GPU <b>0</b>'), 'text, not markup');
    assert.equal(await attribute('gpu-heap', 'data-reserved'), String(6 * MiB));
    assert.equal(await attribute('gpu-tag', 'data-path'), 'world::terrain');
    assert.equal(await attribute('streaming', 'data-reserved'), '800');
    assert.equal(await attribute('site', 'data-bytes'), '4096');
    assert.equal(await attribute('diagnostic', 'data-code'), 'FA007');
    assert.ok((await frame.locator('[data-testid="diagnostic"]').textContent()).includes('<b>not</b> at /etc/passwd.txt:1'), 'text, not markup');
    const gotos = await frame.locator('[data-testid="goto"]').evaluateAll((all) => all.map((one) => `${one.dataset.file}:${one.dataset.line}`));
    assert.deepEqual(gotos, ['main.cpp:12', 'main.cpp:12'], 'places outside of the workspace are no buttons');
    assert.match(await frame.locator('[data-testid="diagnostic"] .code').getAttribute('title'), /^[a-z]+: .{10}/, 'what the code means');
    await noViolation(frame, 'version 3');
  });
  if (fs.existsSync(path.join(path.dirname(program), 'fa-insight'))) {
    await step('the page of fa insight says the same, in either theme', async () => {
      game.stop();
      await until(async () => (await attribute('inspector', 'data-frame')) === String(game.frame), 'the last frame');
      const report = path.join(path.dirname(game.folder), 'report.html');
      execFileSync(program, ['insight', '--directory', game.folder, '--once', report], { stdio: ['ignore', 'pipe', 'pipe'] });
      const other = await page.context().newPage();
      try {
        for (const colorScheme of ['light', 'dark']) {
          await other.emulateMedia({ colorScheme });
          await other.goto(`file://${report}`);
          await noViolation(other, `fa insight, ${colorScheme}`);
        }
        const shown = await figuresIn(frame);
        assert.ok(shown.length > 25 && shown.some((line) => line.startsWith('gpu-heap ')), shown.join('\n'));
        assert.deepEqual(await figuresIn(other), shown);
      } finally {
        await other.close();
        game.start();
      }
    });
  } else {
    console.log(`left out: the page of fa insight, there is no fa-insight beside ${program || 'FA_PROGRAM'}`);
  }
  game.more = {};
  await step('two snapshots compare', async () => {
    game.stop();
    const before = path.join(game.folder, 'snapshot_0000000000000005.json');
    assert.ok(fs.existsSync(before));
    await workbench.command('FA Insight: Compare Snapshots...');
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await until(async () => /frame \d+/.test(plain(await rows.first().textContent())), 'picker');
    const pick = async (title, text) => {
      await until(async () => plain(await page.locator('.quick-input-title').textContent()).includes(title), title);
      await page.locator('.quick-input-widget input').first().fill(text);
      await until(async () => plain(await rows.first().textContent()).startsWith(text), text);
      await page.keyboard.press('Enter');
    };
    await pick('Compare Snapshots: Before', 'frame 5');
    await pick('Compare Snapshots: After', `frame ${game.frame}`);
    const comparison = await workbench.webview('comparison');
    assert.equal(await comparison.locator('[data-testid="comparison"]').getAttribute('data-before'), '5');
    const rowsOf = await comparison.locator('[data-testid="delta"]').evaluateAll((all) => all.map((one) => `${one.dataset.path} ${one.dataset.kind} ${one.dataset.delta}`));
    assert.deepEqual(rowsOf, [`game::physics frame ${Math.ceil(6.8 * MiB) - 4 * MiB}`]);
    await comparison.locator('[data-testid="show-equal"]').check();
    assert.equal(await comparison.locator('[data-testid="delta"]').count(), 5);
    await page.locator('.tab', { hasText: `frame 5 → frame ${game.frame}` }).waitFor();
    await noViolation(comparison, 'comparison');
  });
  await step('a program that stops keeps its figures, and goes on without a click', async () => {
    await until(async () => /^FA 29\.3 MiB stopped$/.test(await workbench.status()), 'stopped', 12_000);
    assert.equal(await attribute('inspector', 'data-state'), 'stopped');
    const run = await attribute('inspector', 'data-run');
    const again = new Game(game.folder, 4712);
    again.start();
    game = again;
    await until(async () => (await workbench.status()) === 'FA 26.5 MiB', 'live again');
    await until(async () => (await attribute('inspector', 'data-run')) === String(Number(run) + 1), 'another run');
  });
  await step('a code is explained', async () => {
    await workbench.command('FA Insight: Explain a Code...');
    await page.locator('.quick-input-widget input').first().fill('FA601');
    await until(async () => plain(await page.locator('.quick-input-list .monaco-list-row').first().textContent()).includes('FA601'), 'FA601');
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'FA601' }).waitFor();
  });
  await step('the report is a tab, light too', async () => {
    await workbench.command('FA Insight: Open Memory Report');
    await page.locator('.tab', { hasText: 'Memory Report' }).waitFor();
    await workbench.command('Preferences: Toggle between Light/Dark Themes');
    await until(() => frame.evaluate(() => document.body.classList.contains('vscode-light')), 'light page');
    const report = await until(async () => {
      for (const one of page.frames()) if ((await one.locator('body.report [data-testid="tile-total"]').count().catch(() => 0)) > 0) return one;
      return undefined;
    }, 'the report');
    await pause(500);
    await page.screenshot({ path: path.join(out, 'vscode-light.png') });
    await noViolation(frame, 'light');
    await noViolation(report, 'report, light');
  });
  game.stop();
});

if (program !== '') {
  await session('demo', { machine: { 'framealloc.path': program }, settings: { 'framealloc.notices.intervalSeconds': 0 }, fill: (workspace) => fs.writeFileSync(path.join(workspace, 'main.cpp'), source) }, ['main.cpp'], async (workbench) => {
    await step('the demo is started and attached', async () => {
      await until(async () => (await workbench.status()).startsWith('FA'), 'status', 120_000);
      await workbench.command('FA Insight: Start Demo');
      // A demo of a sanitizer build on a busy machine may take longer than 5 s from one snapshot to the next.
      await until(async () => /^FA [\d.]+ [KM]iB( \d+ %| stopped)?$/.test(await workbench.status()), 'figures of the demo', 120_000);
      await workbench.command('FA Insight: Open Inspector');
      const frame = await workbench.webview('inspector');
      const snapshots = () => frame.locator('[data-testid="inspector"]').getAttribute('data-snapshots').then(Number);
      const first = await until(snapshots, 'snapshots');
      await until(async () => (await snapshots()) > first + 1, 'more snapshots', 60_000);
      await workbench.page.screenshot({ path: path.join(out, 'vscode-demo.png') });
    });
  });
}

// The program's own server, on a unit of the library. `fa check` is left out where LLVM is missing.
if (program !== '' && fs.existsSync(path.join(path.dirname(program), 'fa-check'))) {
  const include = path.resolve(extensionRoot, '../../include');
  const world = fs.readFileSync(path.join(import.meta.dirname, 'world.cpp'), 'utf8');
  let played;
  await session('server', {
    machine: { 'framealloc.path': program },
    settings: { 'editor.autoClosingBrackets': 'never', 'editor.autoIndent': 'none', 'editor.quickSuggestions': { other: 'off' }, 'editor.wordBasedSuggestions': 'off', 'editor.hover.delay': 100 },
    fill: (workspace) => {
      const file = path.join(workspace, 'world.cpp');
      fs.writeFileSync(file, world);
      fs.mkdirSync(path.join(workspace, 'build'));
      fs.writeFileSync(path.join(workspace, 'build/compile_commands.json'), JSON.stringify([{ directory: workspace, file, arguments: ['c++', '-std=c++20', `-I${include}`, '-c', file] }]));
      played = new Game(path.join(workspace, 'build/snapshots'));
      played.start();
    },
  }, ['world.cpp'], async (workbench, server) => {
    const { page } = workbench;
    const file = path.join(server.workspace, 'world.cpp');
    const slow = 60_000; // a debug build of the analyzer on a busy machine
    const squiggles = () => page.locator('.view-overlays .squiggly-warning').count();
    const lineOf = (text) => world.split('\n').findIndex((line) => line.includes(text)) + 1;
    const goToEnd = async (line) => {
      await workbench.command('Go to Line/Column...');
      await page.locator('.quick-input-widget input').first().fill(`:${line}:999`);
      await page.keyboard.press('Enter');
      await until(async () => plain(await page.locator('.statusbar-item', { hasText: 'Ln ' }).first().textContent()).includes(`Ln ${line},`), `line ${line}`);
    };
    const save = async () => {
      await page.keyboard.press('Control+S');
      await until(async () => (await page.locator('.tab.dirty').count()) === 0, 'saved');
      return fs.readFileSync(file, 'utf8');
    };
    // An analysis is a process of its own below the server, and one that reads snapshots too: they come and go while we look.
    const mainPid = () => {
      const found = new Map();
      for (const name of fs.readdirSync('/proc')) {
        if (!/^\d+$/.test(name)) continue;
        try {
          const words = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
          if (words[1] !== 'lsp' || fs.readlinkSync(`/proc/${name}/cwd`) !== server.workspace) continue;
          found.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${name}/status`, 'utf8'))[1]));
        } catch {
          // It has ended.
        }
      }
      return [...found].find(([, parent]) => !found.has(parent))?.[0];
    };
    const quickFix = async (title) => {
      await page.keyboard.press('Control+.');
      const row = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
      await row.waitFor({ timeout: 15_000 });
      await row.click();
    };

    await step('the server makes the lens, and it follows the frames', async () => {
      await until(() => mainPid(), 'the server', 120_000);
      await until(async () => /^physics: 4\.00 MiB this frame · peak 4\.00 MiB → █+$/.test((await workbench.lenses())[0] ?? ''), 'the lens', 120_000);
      // One frame, and no other after it: with each that is as large the arrow would fall back, seen or not.
      played.stop();
      played.bytes = 6 * MiB;
      played.write();
      await until(async () => /^physics: 6\.00 MiB this frame · peak 6\.00 MiB ↗ ▆+█$/.test((await workbench.lenses())[0] ?? ''), 'the lens moves');
      played.start();
      await until(async () => /^physics: 6\.00 MiB this frame · peak 6\.00 MiB → █{8}$/.test((await workbench.lenses())[0] ?? ''), 'the lens is level');
      assert.equal((await workbench.lenses()).length, 1);
    });
    await step('it says over an allocation whose memory it is, and where it ends', async () => {
      const told = async () => (await page.locator('.monaco-hover').allTextContents()).map(plain).join('\n');
      const allocation = page.locator('.view-line', { hasText: 'scratch' }).locator('span', { hasText: 'frame_alloc' }).last();
      // What is hovered before the first analysis is done has nothing to say yet.
      await until(async () => {
        await page.mouse.move(700, 700);
        await allocation.hover();
        await pause(600);
        return /Memory of the current frame of memory_; it ends.*memory_\.end_frame\(\)/s.test(await told());
      }, 'hover', slow);
      await page.keyboard.press('Escape');
    });

    const bug = '    contacts_ = memory_.frame_alloc_batch<Contact>(64);';
    await step('what outlives its frame is underlined as it is typed', async () => {
      await until(() => mainPid(), 'the server', 120_000);
      await goToEnd(lineOf('begin_frame'));
      await page.keyboard.press('Enter');
      await page.keyboard.type(bug, { delay: 10 });
      await until(async () => (await squiggles()) === 1, 'one underlined place', slow);
      await workbench.command('Problems: Focus on Problems View');
      const rows = page.locator('.markers-panel .monaco-list-row');
      // The code stands in a link, with parentheses of the style sheet's.
      await until(async () => (await rows.allTextContents()).some((text) => plain(text).includes("frame memory is stored in 'contacts_', which outlives the frame") && plain(text).includes('frameallocFA601')), 'the problem');
      // Where it was made, and where it ends.
      await until(async () => (await rows.allTextContents()).filter((text) => /frame memory made here|the frame ends here/.test(plain(text))).length === 2, 'its places');
      assert.ok(!fs.readFileSync(file, 'utf8').includes(bug.trim()), 'nothing was saved');
    });
    await step('it says over the code what it means', async () => {
      await page.locator('.view-line', { hasText: 'frame_alloc_batch' }).locator('span', { hasText: 'contacts_' }).last().hover();
      await until(async () => (await page.locator('.monaco-hover').allTextContents()).some((text) => plain(text).includes('FA601 frame-escape')), 'hover');
      await pause(400); // it fades in
      await page.screenshot({ path: path.join(out, 'vscode-finding.png') });
      await page.keyboard.press('Escape');
    });
    await step('its quick fix applies, and it is gone', async () => {
      await goToEnd(lineOf('begin_frame') + 1);
      await quickFix("empty 'contacts_' before the frame ends");
      await until(async () => (await squiggles()) === 0, 'no underlined place', slow);
      const saved = await save();
      assert.ok(saved.includes(`${bug}\n`) && saved.includes('    contacts_ = nullptr;\n    memory_.end_frame();'), saved);
    });
    await step('a server that is killed in mid-typing starts again, and nothing is lost', async () => {
      const before = await until(() => mainPid(), 'the server');
      await goToEnd(lineOf('begin_frame'));
      await page.keyboard.press('Enter');
      await page.keyboard.type('    kept_ = memory_.frame_all', { delay: 10 });
      process.kill(before, 'SIGKILL');
      await page.keyboard.type('oc<Contact>();', { delay: 10 });
      await until(() => mainPid() !== undefined && mainPid() !== before, 'another server');
      await until(async () => (await squiggles()) === 1, 'the finding of what was typed meanwhile', slow);
      assert.ok((await save()).includes('    memory_.begin_frame();\n    kept_ = memory_.frame_alloc<Contact>();\n'));
    });
    await step('a suppression asks for its reason', async () => {
      await goToEnd(lineOf('begin_frame') + 1);
      await quickFix('Suppress FA601 on this line...');
      await until(async () => plain(await page.locator('.quick-input-title').textContent()).includes('Suppress FA601'), 'the question');
      await page.locator('.quick-input-widget input').first().fill('the next frame sets it');
      await page.keyboard.press('Enter');
      await until(async () => (await squiggles()) === 0, 'no underlined place', slow);
      assert.ok((await save()).includes('frame_alloc<Contact>();  // fa:allow(FA601): the next frame sets it\n'));
    });
    played.stop();
  });
} else if (only === undefined || only.includes('server')) {
  console.log(`--- server: left out, there is no fa-check beside ${program || 'FA_PROGRAM'}`);
}

let quiet;
await session('untrusted', {
  trust: false,
  settings: { 'workbench.colorTheme': 'Default High Contrast' },
  fill: (workspace) => {
    fs.writeFileSync(path.join(workspace, 'main.cpp'), source);
    fs.mkdirSync(path.join(workspace, '.vscode'));
    fs.writeFileSync(path.join(workspace, 'evil.sh'), `#!/bin/sh\ntouch "${path.join(workspace, 'started')}"\n`, { mode: 0o755 });
    fs.writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify({ 'framealloc.path': path.join(workspace, 'evil.sh'), 'framealloc.snapshotDir': '/' }));
    quiet = new Game(path.join(workspace, 'target/framealloc'));
    for (let i = 0; i < 3; ++i) quiet.write();
    quiet.start(400);
  },
}, ['main.cpp'], async (workbench, server) => {
  await step('in an untrusted workspace nothing is started and nothing written', async () => {
    await until(async () => (await workbench.status()) === 'FA restricted', 'status', 120_000);
    await workbench.command('FA Insight: Open Inspector');
    const frame = await workbench.webview('inspector');
    await until(async () => (await frame.locator('[data-testid="inspector"]').getAttribute('data-state')) === 'restricted', 'restricted');
    await until(async () => Number(await frame.locator('[data-testid="inspector"]').getAttribute('data-snapshots')) > 3, 'snapshots are shown');
    await pause(1500);
    assert.ok(!fs.existsSync(path.join(server.workspace, 'started')));
    assert.ok(!fs.existsSync(path.join(quiet.folder, 'snapshot.request')));
  });
  await step('in high contrast axe finds nothing, and all is there to be read', async () => {
    const frame = await workbench.webview('inspector');
    assert.ok(await frame.evaluate(() => document.body.classList.contains('vscode-high-contrast')));
    await noViolation(frame, 'high contrast');
    await workbench.page.screenshot({ path: path.join(out, 'vscode-contrast.png') });
  });
  quiet.stop();
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
