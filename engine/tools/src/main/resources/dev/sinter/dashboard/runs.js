// The table of runs, with those compared and the chosen one.

import {count, make, metric, moment, percent, status} from './format.js';

const COLUMNS = [
  ['', 'tick', null],
  ['Run', 'name', run => run.name.toLowerCase()],
  ['Status', 'status', run => run.status],
  ['Optimizer', 'optimizer', run => optimizer(run)],
  ['Hidden', 'hidden number', run => run.configuration?.hidden],
  ['Batch', 'batch number', run => run.configuration?.batch_size],
  ['Epochs', 'epochs number', run => run.epochs_trained],
  ['Loss', 'loss number', run => run.loss],
  ['Accuracy', 'accuracy number', run => run.accuracy],
  ['Test', 'test number', run => run.test_accuracy],
  ['Samples/s', 'speed number', run => run.samples_per_second],
  ['Started', 'started', run => run.started],
];

function optimizer(run) {
  const used = run.configuration?.optimizer ?? '';
  return typeof used === 'string' ? used : `${used.name} ${used.learning_rate ?? ''}`.trim();
}

export class RunTable {
  /** @param {{tick: function(string, boolean), choose: function(string)}} listener */
  constructor(listener) {
    this.listener = listener;
    this.rows = new Map();
    this.body = document.querySelector('#runs tbody');
    this.sort = null; // [column, 1 or -1]; null keeps the order of the server
    this.headers = COLUMNS.map(([title, kind, key], column) => this.header(title, kind, key, column));
    document.querySelector('#runs thead tr').append(...this.headers);
  }

  header(title, kind, key, column) {
    const cell = make('th', {scope: 'col', className: kind});
    if (key) {
      const button = make('button', {type: 'button', textContent: title});
      button.addEventListener('click', () => {
        this.sort = [column, this.sort?.[0] === column ? -this.sort[1] : 1];
        this.show(this.runs, this.ticked, this.chosen);
      });
      cell.append(button);
    } else {
      cell.append(make('span', {className: 'unseen', textContent: 'compare'}));
    }
    return cell;
  }

  sorted() {
    if (!this.sort) {
      return this.runs;
    }
    const [column, direction] = this.sort;
    const key = COLUMNS[column][2];
    return [...this.runs].sort((a, b) => {
      const [x, y] = [key(a) ?? null, key(b) ?? null];
      if (x === null || y === null) {
        return (x === null) - (y === null); // unknown values come last
      }
      return direction * (x < y ? -1 : x > y ? 1 : 0);
    });
  }

  /**
   * @param {object[]} runs
   * @param {Map<string, number>} ticked colour by id
   * @param {string} chosen id
   */
  show(runs, ticked, chosen) {
    [this.runs, this.ticked, this.chosen] = [runs, ticked, chosen];
    const best = new Map(); // test accuracy by recipe: only runs of one recipe are comparable
    for (const run of runs) {
      best.set(run.recipe, Math.max(best.get(run.recipe) ?? -1, run.test_accuracy ?? -1));
    }
    const sorted = this.sorted();
    const ids = new Set(sorted.map(run => run.id));
    for (const [id, row] of this.rows) {
      if (!ids.has(id)) {
        row.remove();
        this.rows.delete(id);
      }
    }
    sorted.forEach((run, i) => {
      const row = this.rows.get(run.id) ?? this.addRow(run.id);
      if (this.body.children[i] !== row) {
        this.body.insertBefore(row, this.body.children[i] ?? null);
      }
      this.fill(row, run, best.get(run.recipe));
    });
    this.headers.forEach((header, column) => {
      const direction = this.sort?.[0] === column ? this.sort[1] : 0;
      header.setAttribute('aria-sort', direction === 0 ? 'none' : direction > 0 ? 'ascending' : 'descending');
    });
  }

  addRow(id) {
    const row = make('tr');
    for (const [title, kind] of COLUMNS) {
      const cell = make(kind === 'name' ? 'th' : 'td', {className: kind});
      cell.dataset.title = title;
      row.append(cell);
    }
    const tick = make('input', {type: 'checkbox'});
    tick.addEventListener('change', () => this.listener.tick(id, tick.checked));
    row.children[0].append(tick);
    const name = make('button', {type: 'button'}, make('span'), make('small'));
    name.addEventListener('click', () => this.listener.choose(id));
    row.children[1].scope = 'row';
    row.children[1].append(name);
    row.addEventListener('click', event => {
      if (!event.target.closest('input, button')) {
        this.listener.choose(id);
      }
    });
    this.rows.set(id, row);
    return row;
  }

  fill(row, run, best) {
    const colour = this.ticked.get(run.id);
    const readable = run.status !== 'unreadable';
    row.className = (colour === undefined ? '' : 'colour-' + colour) + (run.id === this.chosen ? ' chosen' : '');
    const tick = row.querySelector('input');
    tick.checked = colour !== undefined;
    tick.disabled = !readable;
    tick.setAttribute('aria-label', 'compare ' + run.name);
    const [name, recipe] = row.querySelectorAll('.name button > *');
    name.textContent = run.name;
    recipe.textContent = run.recipe ?? '';
    row.querySelector('.name button').setAttribute('aria-current', run.id === this.chosen);
    const texts = {
      optimizer: optimizer(run),
      hidden: run.configuration?.hidden ?? '',
      batch: run.configuration?.batch_size ?? '',
      epochs: readable ? `${run.epochs_trained}${run.epochs ? ' / ' + run.epochs : ''}` : '',
      loss: readable ? metric(run.loss) : '',
      accuracy: readable ? percent(run.accuracy) : '',
      test: readable ? percent(run.test_accuracy) : '',
      speed: readable ? count(run.samples_per_second) : '',
      started: readable ? moment(run.started) : '',
    };
    for (const [kind, text] of Object.entries(texts)) {
      row.querySelector('.' + kind).textContent = text;
    }
    const state = row.querySelector('.status');
    const badge = state.firstChild ?? state.appendChild(make('span'));
    badge.className = 'badge ' + run.status;
    badge.textContent = status(run);
    badge.title = run.reason ?? '';
    row.querySelector('.test').classList.toggle('best', run.test_accuracy !== null && run.test_accuracy === best);
  }
}
