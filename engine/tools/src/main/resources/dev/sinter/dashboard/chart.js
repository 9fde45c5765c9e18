// A line chart of numbers by epoch, drawn as SVG: a solid line for training, a dashed one for
// validation, and during training the mean of the epoch so far.

import {make, metric} from './format.js';

const SVG = 'http://www.w3.org/2000/svg';
const MIN_HEIGHT = 240;
const LEFT = 52;
const RIGHT = 14;
const TOP = 10;
const BOTTOM = 34;
const APART = 12; // pixels; closer points would hide the line

function element(name, attributes, parent, text) {
  const created = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    created.setAttribute(key, value);
  }
  if (text !== undefined) {
    created.textContent = text;
  }
  parent.append(created);
  return created;
}

/** Round numbers that cover a range: 1, 2 or 5 times a power of ten apart. */
export function ticks(low, high, wanted) {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough) * power;
  const list = [];
  for (let i = Math.floor(low / step + 1e-9); i * step < high + step * (1 - 1e-9); i++) {
    list.push(i * step);
  }
  return {list, step};
}

function label(value, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return digits > 4 ? value.toExponential(1) : value.toFixed(digits);
}

export class Chart {
  /**
   * @param {HTMLElement} holder
   * @param {string} name of the numbers in a history, such as loss
   * @param {boolean} share whether they lie between 0 and 1
   */
  constructor(holder, name, share) {
    this.name = name;
    this.share = share;
    this.runs = [];
    this.at = null; // the epoch under the pointer
    this.svg = document.createElementNS(SVG, 'svg');
    this.svg.setAttribute('role', 'img');
    this.svg.setAttribute('tabindex', '0');
    this.tip = make('div', {className: 'tip', hidden: true});
    this.tip.setAttribute('role', 'status');
    this.plot = make('div', {className: 'plot'}, this.svg, this.tip);
    this.names = make('p', {className: 'names'});
    holder.append(this.plot, this.names);
    this.svg.addEventListener('pointermove', event => this.look(this.epochAt(event)));
    this.svg.addEventListener('pointerleave', () => this.look(null));
    this.svg.addEventListener('blur', () => this.look(null));
    this.svg.addEventListener('keydown', event => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  /**
   * @param {{name, colour, epochs, planned, training, validation, trail}[]} runs numbers by epoch;
   *     a trail is [x, y] within epochs
   */
  show(runs) {
    this.runs = runs;
    this.names.replaceChildren(
      ...runs.map(run => make('span', {className: 'colour-' + run.colour, textContent: run.name})));
    this.draw();
  }

  range() {
    const values = [];
    let first = 1;
    let last = 1;
    for (const run of this.runs) {
      values.push(...run.training, ...run.validation);
      last = Math.max(last, run.planned, ...run.epochs.slice(-1));
      if (run.trail.length > 0) {
        first = 0;
        values.push(...(run.epochs.length > 0 ? run.trail.slice(-1) : run.trail).map(point => point[1]));
      }
    }
    const finite = values.filter(Number.isFinite);
    let low = Math.min(...finite);
    let high = Math.max(...finite);
    if (finite.length === 0) {
      [low, high] = [0, 1];
    } else if (low === high) {
      const around = Math.abs(low) / 10 || 0.1;
      [low, high] = [low - around, high + around];
    } else if (low >= 0 && low < 0.4 * high) {
      low = 0;
    }
    if (this.share) {
      [low, high] = [Math.max(0, low), Math.min(1, high)];
    }
    const epochs = this.runs.flatMap(run => run.epochs);
    if (first === 1 && epochs.length > 0) {
      first = Math.min(...epochs);
    }
    return {first: last > first ? first : first - 1, last, low, high};
  }

  draw() {
    const width = Math.max(240, this.plot.clientWidth);
    this.height = Math.max(MIN_HEIGHT, this.plot.clientHeight);
    this.svg.replaceChildren();
    this.svg.setAttribute('viewBox', `0 0 ${width} ${this.height}`);
    this.svg.setAttribute('height', this.height);
    const range = this.range();
    const up = ticks(range.low, range.high, 5);
    const low = up.list[0];
    const high = this.share ? Math.min(1, up.list.at(-1)) : up.list.at(-1);
    this.x = epoch => LEFT + (epoch - range.first) / (range.last - range.first) * (width - LEFT - RIGHT);
    this.y = value => this.height - BOTTOM - (value - low) / (high - low) * (this.height - TOP - BOTTOM);

    const grid = element('g', {class: 'grid'}, this.svg);
    for (const value of up.list.filter(value => value <= high * (1 + 1e-9))) {
      element('line', {x1: LEFT, x2: width - RIGHT, y1: this.y(value), y2: this.y(value)}, grid);
      element('text', {x: LEFT - 8, y: this.y(value) + 4, 'text-anchor': 'end'}, grid, label(value, up.step));
    }
    const across = ticks(range.first, range.last, Math.min(10, Math.max(2, width / 70)));
    for (const epoch of across.list) {
      if (Number.isInteger(epoch) && epoch >= range.first && epoch <= range.last) {
        element('text', {x: this.x(epoch), y: this.height - BOTTOM + 18, 'text-anchor': 'middle'}, grid, epoch);
      }
    }
    element('text', {x: width - RIGHT, y: this.height - 3, 'text-anchor': 'end', class: 'axis'}, grid, 'epoch');

    const clip = 'clip-' + this.name;
    element('rect', {x: LEFT - 5, y: TOP - 5, width: width - LEFT - RIGHT + 10, height: this.height - TOP - BOTTOM + 10},
      element('clipPath', {id: clip}, this.svg));
    const lines = element('g', {'clip-path': `url(#${clip})`}, this.svg);
    this.runs.forEach(run => this.drawRun(run, lines));
    if (this.runs.every(run => run.epochs.length === 0 && run.trail.length === 0)) {
      element('text', {x: width / 2, y: this.height / 2, 'text-anchor': 'middle', class: 'axis'}, grid,
        this.runs.length === 0 ? 'no run is ticked' : 'no epoch has ended yet');
    }
    this.cursor = element('g', {class: 'cursor'}, this.svg);
    this.describe();
    this.look(this.at);
  }

  drawRun(run, parent) {
    const group = element('g', {class: 'run colour-' + run.colour}, parent);
    this.line(run.trail, 'trail', group);
    this.line(run.epochs.map((epoch, i) => [epoch, run.validation[i]]), 'validation', group);
    this.line(run.epochs.map((epoch, i) => [epoch, run.training[i]]), 'training', group);
  }

  line(points, kind, parent) {
    let path = '';
    let pen = 'M';
    const drawn = points.filter(([, value]) => Number.isFinite(value));
    for (const [epoch, value] of points) {
      if (Number.isFinite(value)) {
        path += `${pen}${this.x(epoch).toFixed(1)} ${this.y(value).toFixed(1)}`;
        pen = 'L';
      } else {
        pen = 'M';
      }
    }
    if (path) {
      element('path', {class: kind, d: path}, parent);
    }
    const apart = this.x(1) - this.x(0);
    const trail = kind === 'trail';
    const marked = trail ? drawn.slice(-1) : apart >= APART || drawn.length === 1 ? drawn : [];
    for (const [epoch, value] of marked) {
      element('circle', {class: trail ? 'head' : kind, cx: this.x(epoch).toFixed(1), cy: this.y(value).toFixed(1), r: trail ? 4 : 3}, parent);
    }
  }

  describe() {
    const parts = this.runs.map(run => {
      const last = run.training.filter(Number.isFinite).at(-1);
      return `${run.name}: ${run.epochs.length} epochs, ${last === undefined ? 'no value' : metric(last)}`;
    });
    this.svg.setAttribute('aria-label', `${this.name} by epoch. ${parts.join('; ')}. Arrow keys read the values.`);
  }

  epochAt(event) {
    const at = event.clientX - this.svg.getBoundingClientRect().left;
    return this.allEpochs().reduce((best, epoch) =>
      best === null || Math.abs(this.x(epoch) - at) < Math.abs(this.x(best) - at) ? epoch : best, null);
  }

  allEpochs() {
    return [...new Set(this.runs.flatMap(run => run.epochs))].sort((a, b) => a - b);
  }

  key(event) {
    const epochs = this.allEpochs();
    const index = epochs.indexOf(this.at);
    const moves = {ArrowLeft: index < 0 ? epochs.length - 1 : index - 1, ArrowRight: index + 1, Home: 0, End: epochs.length - 1};
    if (event.key === 'Escape') {
      this.look(null);
    } else if (event.key in moves && epochs.length > 0) {
      event.preventDefault();
      this.look(epochs[Math.max(0, Math.min(epochs.length - 1, moves[event.key]))]);
    }
  }

  /** Shows the numbers of all runs at an epoch, or none. */
  look(epoch) {
    this.at = epoch !== null && this.allEpochs().includes(epoch) ? epoch : null;
    this.cursor.replaceChildren();
    this.tip.hidden = this.at === null;
    if (this.at === null) {
      return;
    }
    const x = this.x(this.at);
    element('line', {x1: x, x2: x, y1: TOP, y2: this.height - BOTTOM}, this.cursor);
    const rows = [make('strong', {textContent: 'epoch ' + this.at})];
    for (const run of this.runs) {
      const i = run.epochs.indexOf(this.at);
      if (i >= 0) {
        const validation = run.validation[i];
        const text = `${run.name} ${metric(run.training[i])}`
          + (Number.isFinite(validation) ? ` / ${metric(validation)}` : '');
        rows.push(make('span', {className: 'colour-' + run.colour, textContent: text}));
      }
    }
    this.tip.replaceChildren(...rows);
    const fits = x + 12 + this.tip.offsetWidth <= this.plot.clientWidth;
    const left = fits ? x + 12 : x - 12 - this.tip.offsetWidth;
    this.tip.style.left = Math.max(0, left) + 'px';
  }
}
