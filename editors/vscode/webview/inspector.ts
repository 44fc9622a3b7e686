// SPDX-License-Identifier: MIT OR Apache-2.0
// The page of the inspector, of the report and of comparisons: the components of `fa insight`, and what is said to the extension.
import 'uplot/dist/uPlot.min.css';
import '@page/components/components.css';
import './inspector.css';
import { Comparison } from '@page/components/comparison.js';
import { make, write } from '@page/components/dom.js';
import { View } from '@page/components/view.js';
import { makePlot } from './plot';
import type { FromPage, StateMessage, ToPage } from './protocol';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

class Inspector {
  private readonly emptyText = make('p');
  private readonly start: HTMLElement;
  readonly view: View;

  constructor(private readonly say: (message: FromPage) => void) {
    this.start = this.button('Start Demo', { type: 'startDemo' });
    const empty = make('div', { class: 'empty' }, this.emptyText, make('p', { class: 'buttons' }, this.button('Attach...', { type: 'attach' }), this.start));
    this.view = new View({
      goTo: (place) => say({ type: 'goto', file: place.file, line: place.line }),
      explain: (code) => say({ type: 'explain', code }),
    }, makePlot, empty);
    // Another theme is other colours of the canvas.
    new MutationObserver(() => this.view.repaint()).observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  }

  show(message: StateMessage): void {
    this.start.hidden = !message.canStart;
    const waits = message.directory === '' ? '' : ` The folder ${message.directory} has no snapshot yet.`;
    write(this.emptyText, message.canStart
      ? `${message.programs > 1 ? `${message.programs} programs are running.` : 'No program is attached.'}${waits}`
      : 'The workspace is not trusted: no program is started. Snapshots that lie in it are shown.');
    this.view.show(message);
  }

  private button(text: string, message: FromPage): HTMLButtonElement {
    const button = make('button', { type: 'button' }, text);
    button.addEventListener('click', () => this.say(message));
    return button;
  }
}

const api = acquireVsCodeApi();
const page = document.getElementById('page')!;
let inspector: Inspector | undefined;
let comparison: Comparison | undefined;
addEventListener('message', (event: MessageEvent<ToPage>) => {
  const message = event.data;
  if (message.type === 'comparison') {
    comparison ??= new Comparison();
    page.replaceChildren(comparison.root);
    return comparison.show(message.before, message.after);
  }
  if (inspector === undefined) page.replaceChildren((inspector = new Inspector((said) => api.postMessage(said))).view.root);
  if (message.type === 'show') return inspector.view.reveal(message.tag);
  inspector.show(message);
  api.postMessage({ type: 'shown' });
});
api.postMessage({ type: 'ready' });
