// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs test/host/suite.cjs in the extension host of a real VS Code: node test/e2e/host.mjs
import fs from 'node:fs';
import path from 'node:path';
import { extensionRoot, pause, startChromium, startCodeServer, workbenchUrl } from './lib.mjs';

const MOST_MS = 240_000;
const server = await startCodeServer({
  host: process.env.FA_CODE_SERVER,
  install: false,
  settings: { 'framealloc.notices.intervalSeconds': 0 },
  fill: (workspace) => fs.cpSync(path.join(import.meta.dirname, 'game.cpp'), path.join(workspace, 'main.cpp')),
});
let browser;
let code = 'timed out';
try {
  browser = await startChromium();
  const done = new Promise((resolve) => {
    void browser.page.exposeFunction('codeAutomationExit', (value) => resolve(value));
  });
  await browser.page.exposeFunction('codeAutomationLog', (type, words) => {
    const text = (words ?? []).map(String).join(' ');
    if (text.includes('HOST')) console.log(text.replace(/^.*?HOST /, ''));
  });
  // Built workbenches take no tests from the URL, so they are put into the page's own configuration before its script reads it.
  const authority = new URL(server.url).host;
  const remote = (file) => ({ scheme: 'vscode-remote', authority, path: file });
  await browser.page.addInitScript((development) => {
    if (window !== window.top) return;
    const observer = new MutationObserver(() => {
      const element = document.getElementById('vscode-workbench-web-configuration');
      if (element === null) return;
      observer.disconnect();
      const configuration = JSON.parse(element.getAttribute('data-settings'));
      configuration.developmentOptions = { ...configuration.developmentOptions, ...development };
      element.setAttribute('data-settings', JSON.stringify(configuration));
    });
    observer.observe(document, { childList: true, subtree: true });
  }, { extensions: [remote(extensionRoot)], extensionTestsPath: remote(path.join(extensionRoot, 'test/host/suite.cjs')) });
  await browser.page.goto(workbenchUrl(server));
  code = await Promise.race([done, pause(MOST_MS).then(() => 'timed out')]);
} finally {
  await browser?.stop();
  await server.stop();
}
process.exit(code === 0 ? 0 : 1);
