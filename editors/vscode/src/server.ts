// SPDX-License-Identifier: MIT OR Apache-2.0
// The client of `fa lsp`: starts it, tells it the settings, starts it again when it ends.
import { spawn, type ChildProcess } from 'node:child_process';
import * as vscode from 'vscode';
import { CloseAction, CodeLensRequest, ErrorAction, LanguageClient, RevealOutputChannelOn, Trace, type Middleware, type StreamInfo } from 'vscode-languageclient/node';
import { Backoff } from './backoff';
import { compareVersions, findProgram } from './find_program';
import { say } from './messages';
import { forTooltip } from './names';
import { openPage, openSetting, type Session } from './session';
import { firstFolder, setContext, settings } from './settings';

const LEAST_VERSION = '0.1.0';
const ANSWER_MS = 10_000;
// VS Code waits before it asks for lenses for as long as answers took, and anew with each refresh: a slow answer would end all others.
const LENS_MS = 400;
export const LANGUAGES = ['c', 'cpp', 'cuda-cpp'];

export type ServerState = 'starting' | 'running' | 'restarting' | 'missing' | 'old' | 'stopped' | 'restricted';

export class ServerStatus {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.emitter.event;
  state: ServerState = 'stopped';
  version = '';
  pid: number | null = null;
  restarts = 0;
  /** The message of what is wrong. */
  problem: string | undefined;
  set(state: ServerState, problem?: string): void {
    this.state = state;
    this.problem = problem;
    setContext('serverState', state);
    this.emitter.fire();
  }
}

/** What goes wrong is told by us, with its remedy; the library's own notifications would be there beside it. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

interface Life {
  client: LanguageClient;
  process: ChildProcess | undefined;
  /** Has answered initialize. */
  answered: boolean;
  ending: boolean;
}

export class Server implements vscode.Disposable {
  private life: Life | undefined;
  private readonly backoff = new Backoff();
  private lastEnd = '';
  private tail: Promise<void> = Promise.resolve();

  constructor(
    readonly status: ServerStatus,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
  ) {}

  /** Result: the program that is to be used; undefined in an untrusted workspace. */
  program(): { tried: string; file: string | undefined } {
    return findProgram(settings.path(), firstFolder()?.fsPath);
  }

  /** Effect: starts the server, or again. Calls follow one another. */
  restart(): Promise<void> {
    this.backoff.reset();
    this.tail = this.tail.then(() => this.stopNow()).then(() => this.startNow()).catch((error: unknown) => this.log.error(String(error)));
    return this.tail;
  }

  stop(): Promise<void> {
    this.tail = this.tail.then(() => this.stopNow());
    return this.tail;
  }

  dispose(): void {
    this.life?.process?.kill('SIGKILL');
  }

  sendSettings(): void {
    if (this.life?.answered === true) {
      void this.life.client.sendNotification('workspace/didChangeConfiguration', { settings: { framealloc: this.settings() } }).catch(() => undefined);
    }
  }

  get client(): LanguageClient | undefined {
    return this.life?.answered === true ? this.life.client : undefined;
  }

  /** Result: whether a server runs that makes lenses; false as soon as it has ended. */
  get makesLenses(): boolean {
    return this.client?.initializeResult?.capabilities.codeLensProvider !== undefined;
  }

  /** Result: the server's lenses; undefined when it makes none, has ended, or is too busy to answer at once. */
  async lenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[] | undefined> {
    const client = this.client;
    if (client === undefined || !this.makesLenses) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), LENS_MS);
    });
    try {
      const request = client.sendRequest(CodeLensRequest.type, client.code2ProtocolConverter.asCodeLensParams(document), token);
      const answer = await Promise.race([request.then((lenses) => lenses ?? []), late]);
      return answer === undefined ? undefined : await client.protocol2CodeConverter.asCodeLenses(answer, token);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private settings(): object {
    return {
      build: settings.build(firstFolder()),
      onType: settings.onType(),
      debounceMs: settings.debounceMs(),
      inlayHints: settings.inlayHints(),
      snapshotDir: this.session.folder?.directory ?? '',
    };
  }

  private async stopNow(): Promise<void> {
    const life = this.life;
    if (life === undefined) return;
    life.ending = true;
    this.life = undefined;
    const child = life.process;
    try {
      await life.client.stop(1500);
    } catch {
      // It was not running, or did not answer: it is ended below.
    }
    if (child !== undefined && child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await life.client.dispose().catch(() => undefined);
    this.status.pid = null;
    if (this.status.state === 'running' || this.status.state === 'starting' || this.status.state === 'restarting') this.status.set('stopped');
  }

  private async startNow(): Promise<void> {
    if (!vscode.workspace.isTrusted) return this.status.set('restricted');
    const { tried, file } = this.program();
    const shown = forTooltip(tried);
    if (file === undefined) {
      const text = `FA Insight cannot find "${shown}". Install framealloc's tools or set framealloc.path.`;
      this.status.set('missing', text);
      this.log.warn(text);
      say('error', 1, text, { 'Install Guide': () => openPage('README.md'), 'Open Settings': openSetting('framealloc.path') });
      return;
    }
    this.status.set('starting');
    const life: Life = { client: undefined as unknown as LanguageClient, process: undefined, answered: false, ending: false };
    life.client = this.makeClient(life, file, shown);
    this.life = life;
    const trace = settings.trace();
    void life.client.setTrace(trace === 'verbose' ? Trace.Verbose : trace === 'messages' ? Trace.Messages : Trace.Off).catch(() => undefined);
    life.client.start().then(() => this.answered(life, shown), () => this.notALanguageServer(life, shown));
  }

  private makeClient(life: Life, file: string, shown: string): LanguageClient {
    const launch = (): Promise<StreamInfo> => {
      life.answered = false;
      const child = spawn(file, ['lsp'], { cwd: firstFolder()?.fsPath, stdio: ['pipe', 'pipe', 'pipe'], shell: false });
      life.process = child;
      child.stderr.on('data', (text: Buffer) => this.log.info(`fa lsp: ${text.toString('utf8').trimEnd()}`));
      child.on('exit', (code, signal) => {
        this.lastEnd = signal ?? `exit code ${code ?? 0}`;
        this.log.info(`fa lsp ended with ${this.lastEnd}`);
      });
      // Writing to a server that is gone is told by its end.
      child.stdin.on('error', () => undefined);
      const late = setTimeout(() => {
        if (!life.answered && life.process === child) child.kill('SIGKILL');
      }, ANSWER_MS);
      child.on('exit', () => clearTimeout(late));
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('spawn', () => {
          this.status.pid = child.pid ?? null;
          resolve({ reader: child.stdout, writer: child.stdin });
        });
      });
    };
    const client = new QuietClient('framealloc', 'FA Insight', launch, {
      documentSelector: LANGUAGES.map((language) => ({ scheme: 'file', language })),
      initializationOptions: { framealloc: this.settings() },
      outputChannel: this.log,
      traceOutputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'framealloc',
      diagnosticPullOptions: { onChange: false, onSave: false, onTabs: false },
      middleware: this.middleware,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(life, shown),
      },
    });
    // A server that was started again answers without start() being called by us.
    client.onDidChangeState(({ newState }) => {
      if (newState === 2 /* Running */ && this.life === life && !life.answered && life.client.initializeResult !== undefined) this.answered(life, shown);
    });
    return client;
  }

  private answered(life: Life, shown: string): void {
    if (this.life !== life || life.answered) return;
    life.answered = true;
    const info = life.client.initializeResult?.serverInfo;
    this.status.version = info?.version ?? '';
    if (compareVersions(this.status.version, LEAST_VERSION) < 0) {
      const text = `FA Insight needs fa ${LEAST_VERSION} or newer; "${shown}" is ${forTooltip(this.status.version || 'of no version')}.`;
      void this.stop().then(() => this.status.set('old', text));
      say('error', 2, text, { 'Install Guide': () => openPage('README.md'), 'Open Settings': openSetting('framealloc.path') });
      return;
    }
    this.log.info(`fa lsp ${this.status.version} runs, process ${this.status.pid}`);
    this.status.set('running');
    this.sendSettings();
  }

  private notALanguageServer(life: Life, shown: string): void {
    if (this.life !== life || life.ending || life.answered) return;
    if (this.status.state === 'restarting') return;
    this.life = undefined;
    life.ending = true;
    life.process?.kill('SIGKILL');
    const text = `"${shown}" is no language server of framealloc.`;
    this.status.pid = null;
    this.status.set('stopped', text);
    say('error', 3, text, { 'Show Output': () => this.log.show(), 'Open Settings': openSetting('framealloc.path') });
  }

  // The client starts it again by itself when told so, keeps the findings until then, and sends open files once more.
  private async closed(life: Life, shown: string): Promise<{ action: CloseAction; handled: boolean }> {
    const stop = { action: CloseAction.DoNotRestart, handled: true };
    this.status.pid = null;
    if (this.life !== life || life.ending) return stop;
    if (!life.answered && this.status.state === 'starting') {
      this.notALanguageServer(life, shown);
      return stop;
    }
    life.answered = false;
    const wait = this.backoff.next(Date.now());
    // The exit of the process may come after the end of its streams.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (wait === undefined) {
      const text = `The language server ended 5 times in 3 minutes, at last with ${this.lastEnd}.`;
      this.life = undefined;
      this.status.set('stopped', text);
      say('error', 5, text, { Restart: () => void this.restart(), 'Show Output': () => this.log.show() });
      return stop;
    }
    this.status.set('restarting');
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.life !== life || life.ending) return stop;
    ++this.status.restarts;
    return { action: CloseAction.Restart, handled: true };
  }
}
