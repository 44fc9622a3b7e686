// SPDX-License-Identifier: MIT OR Apache-2.0
// A language server that says one thing of every file; started as `fa` in tests: `lsp`, or `check`.
const fs = require('node:fs');
const path = require('node:path');

const root = process.cwd();
const version = fs.existsSync(path.join(root, 'version')) ? fs.readFileSync(path.join(root, 'version'), 'utf8') : '0.9.0';
let input = Buffer.alloc(0);

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
}

const finding = (code) => ({
  range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } }, severity: 2, code, codeDescription: { href: `urn:framealloc:diagnostics#${code}` },
  source: 'framealloc', message: 'frame memory escapes its frame', relatedInformation: [], data: {},
});
// Whole or not at all: the test reads meanwhile.
const keep = (settings) => {
  const part = path.join(root, 'settings.part');
  fs.writeFileSync(part, JSON.stringify(settings.framealloc));
  fs.renameSync(part, path.join(root, 'settings.json'));
};

function answer({ id, method, params }) {
  if (method === 'initialize') {
    keep(params.initializationOptions);
    send({ id, result: {
      capabilities: { textDocumentSync: { openClose: true, change: 2, save: true }, codeActionProvider: true, codeLensProvider: { resolveProvider: false }, hoverProvider: true, diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false } },
      serverInfo: { name: 'fa-check', version },
    } });
  } else if (method === 'textDocument/codeAction') {
    const { uri } = params.textDocument;
    const of = (title, more) => ({ title, kind: 'quickfix', diagnostics: params.context.diagnostics, ...more });
    const edit = { changes: { [uri]: [{ range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, newText: '// fa:allow(FA601): say why' }] } };
    send({ id, result: [
      of('Suppress FA601 on this line...', { edit }), of('Suppress FA601 in this file...', { edit }),
      of('Explain FA601', { command: { title: 'Explain FA601', command: 'framealloc.explain', arguments: ['FA601'] } }),
    ] });
  } else if (method === 'textDocument/codeLens') {
    if (fs.existsSync(path.join(root, 'busy'))) return;
    const at = { line: 10, character: 0 };
    send({ id, result: [{ range: { start: at, end: at }, command: { title: 'of the server', command: 'framealloc.showInInspector', arguments: [{ tag: 'physics' }] } }] });
  } else if (method === 'textDocument/diagnostic') {
    send({ id, result: { kind: 'full', items: [finding('FA601')] } });
  } else if (method === 'textDocument/didOpen') {
    send({ method: 'textDocument/publishDiagnostics', params: { uri: params.textDocument.uri, diagnostics: [finding('FA601')] } });
  } else if (method === 'workspace/didChangeConfiguration') {
    keep(params.settings);
  } else if (method === 'exit') {
    process.exit(0);
  } else if (id !== undefined) {
    send({ id, result: null });
  }
}

if (process.argv[2] === 'check') {
  const record = (file) => ({ type: 'diagnostic', code: 'FA601', severity: 'warning', file, line: 2, column: 4, end_line: 2, end_column: 6, message: 'escapes', notes: [], related: [], suppressed: false });
  fs.writeFileSync(path.join(root, 'closed.cpp'), 'int a;\n\u00e4 b;\n');
  for (const one of [{ type: 'file', file: 'main.cpp', status: 'analysed' }, { type: 'file', file: 'closed.cpp', status: 'cached' }, { type: 'file', file: 'bad.cpp', status: 'failed' }, record('main.cpp'), record('closed.cpp'), record('closed.cpp'), { type: 'summary' }]) {
    console.log(JSON.stringify(one));
  }
} else {
  process.stdin.on('data', (bytes) => {
    input = Buffer.concat([input, bytes]);
    for (;;) {
      const end = input.indexOf('\r\n\r\n');
      const length = end < 0 ? undefined : Number(/Content-Length: (\d+)/i.exec(input.subarray(0, end).toString())?.[1]);
      if (length === undefined || input.length < end + 4 + length) return;
      const body = input.subarray(end + 4, end + 4 + length).toString();
      input = input.subarray(end + 4 + length);
      const message = JSON.parse(body);
      if (message.method !== undefined) answer(message);
    }
  });
  process.stdin.on('end', () => process.exit(0));
}
