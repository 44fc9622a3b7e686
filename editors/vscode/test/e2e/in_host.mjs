// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs a suite in the extension host of a real VS Code, and hands what it says to the caller.
import path from 'node:path';
import { extensionRoot, pause, startChromium, startCodeServer, workbenchUrl } from './lib.mjs';

/**
 * `suite`: a file of test/host; `fill(workspace)` and `settings` as of startCodeServer; `said(line)` gets what the suite prints after "HOST ";
 * `meanwhile(page, server)` is called once the page was opened. Result: the suite's exit code, or "timed out" after `most` milliseconds.
 */
export async function runInHost({ suite, fill, settings = {}, machine = {}, said, meanwhile, most }) {
  const server = await startCodeServer({ host: process.env.FA_CODE_SERVER, install: false, settings, machine, fill });
  let browser;
  try {
    browser = await startChromium();
    const done = new Promise((resolve) => {
      void browser.page.exposeFunction('codeAutomationExit', (value) => resolve(value));
    });
    await browser.page.exposeFunction('codeAutomationLog', (type, words) => {
      const text = (words ?? []).map(String).join(' ');
      if (text.includes('HOST ')) said(text.replace(/^.*?HOST /, ''));
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
    }, { extensions: [remote(extensionRoot)], extensionTestsPath: remote(path.join(extensionRoot, 'test/host', suite)) });
    await browser.page.goto(workbenchUrl(server));
    const end = Promise.race([done, pause(most).then(() => 'timed out')]);
    await meanwhile?.(browser.page, server, end);
    return await end;
  } finally {
    await browser?.stop();
    await server.stop();
  }
}
