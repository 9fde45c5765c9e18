// The pad to draw a digit on, and the prediction of the network of a run.

import {make, percent} from './format.js';
import {sample} from './digits.js';

const PEN = 0.085; // width, relative to the side of the pad
const NEAR = 0.004; // closer points are skipped
const KEY_STEP = 0.04;
const MAX_POINTS = 1900; // below the limit of the server
const MAX_STROKES = 200;

export class Pad {
  constructor() {
    this.strokes = [];
    this.drawing = false; // a pointer is down
    this.pen = null; // position of the keyboard pen: [x, y, down]
    this.run = null; // id
    this.stamp = null; // of the weights used for the prediction
    this.asking = false;
    this.canvas = document.getElementById('pad');
    this.seen = document.getElementById('pad-seen');
    this.guess = document.getElementById('pad-guess');
    this.note = document.getElementById('pad-note');
    this.bars = document.getElementById('pad-bars');
    this.hint = document.getElementById('pad-hint');
    this.canvas.addEventListener('pointerdown', event => this.down(event));
    this.canvas.addEventListener('pointermove', event => this.move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      this.canvas.addEventListener(end, () => { this.drawing = false; });
    }
    this.canvas.addEventListener('keydown', event => this.key(event));
    this.canvas.addEventListener('blur', () => { this.pen = null; this.draw(); });
    document.getElementById('pad-clear').addEventListener('click', () => this.put([]));
    document.getElementById('pad-undo').addEventListener('click', () => this.put(this.strokes.slice(0, -1)));
    const samples = document.getElementById('pad-samples');
    for (let digit = 0; digit < 10; digit++) {
      const button = make('button', {type: 'button', textContent: digit});
      button.setAttribute('aria-label', 'sample ' + digit);
      button.addEventListener('click', () => this.put(sample(digit)));
      samples.append(button);
    }
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.blank();
  }

  /** Chooses the run that predicts; asks again if its weights are newer. */
  answeredBy(run) {
    const changed = run?.id !== this.run || (run?.weights ?? null) !== this.stamp;
    this.run = run?.id ?? null;
    this.stamp = run?.weights ?? null;
    this.binary = run?.recipe === 'digits01';
    this.training = run?.status === 'running';
    if (changed) {
      this.ask();
    }
  }

  put(strokes) {
    this.strokes = strokes;
    this.drawing = false;
    this.pen = this.pen && [this.pen[0], this.pen[1], false];
    this.draw();
    this.ask();
  }

  position(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  down(event) {
    if (event.button !== 0) {
      return;
    }
    this.pen = null;
    if (this.full()) {
      return;
    }
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.strokes.push([]);
    this.add(...this.position(event));
  }

  move(event) {
    if (this.drawing) {
      // Browsers combine several positions into one event.
      const parts = event.getCoalescedEvents?.() ?? [];
      for (const part of parts.length > 0 ? parts : [event]) {
        this.add(...this.position(part));
      }
    }
  }

  points() {
    return this.strokes.reduce((sum, each) => sum + each.length / 2, 0);
  }

  /** Returns whether the server would refuse another stroke. */
  full() {
    return this.strokes.length >= MAX_STROKES || this.points() >= MAX_POINTS;
  }

  add(x, y) {
    const stroke = this.strokes.at(-1);
    const [nearX, nearY] = stroke.slice(-2);
    if (stroke.length > 0 && Math.hypot(x - nearX, y - nearY) < NEAR || this.points() >= MAX_POINTS) {
      return;
    }
    const inside = value => Number(Math.max(0, Math.min(1, value)).toFixed(4));
    stroke.push(inside(x), inside(y));
    this.draw();
    this.ask();
  }

  key(event) {
    const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const [x, y, down] = this.pen ?? [0.5, 0.25, false];
    if (event.key in moves) {
      const to = [x + moves[event.key][0] * KEY_STEP, y + moves[event.key][1] * KEY_STEP]
        .map(value => Math.max(0, Math.min(1, value)));
      this.pen = [...to, down];
      if (down) {
        this.add(...to);
      }
    } else if (event.key === ' ') {
      this.pen = [x, y, !down && !this.full()];
      if (this.pen[2]) {
        this.strokes.push([]);
        this.add(x, y);
      }
    } else if (/^[0-9]$/.test(event.key)) {
      this.put(sample(Number(event.key)));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.put([]);
    } else {
      return;
    }
    event.preventDefault();
    this.draw();
  }

  draw() {
    const side = this.canvas.clientWidth;
    const scale = Math.max(1, window.devicePixelRatio);
    if (this.canvas.width !== Math.round(side * scale)) {
      this.canvas.width = this.canvas.height = Math.round(side * scale);
    }
    const colours = getComputedStyle(this.canvas);
    const context = this.canvas.getContext('2d');
    context.setTransform(this.canvas.width, 0, 0, this.canvas.height, 0, 0);
    context.clearRect(0, 0, 1, 1);
    context.lineCap = context.lineJoin = 'round';
    context.lineWidth = PEN;
    context.strokeStyle = colours.getPropertyValue('--ink');
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(stroke[0], stroke[1]);
      for (let i = 0; i < stroke.length; i += 2) {
        context.lineTo(stroke[i], stroke[i + 1]);
      }
      context.stroke();
    }
    if (this.pen) {
      context.beginPath();
      context.arc(this.pen[0], this.pen[1], PEN / 2, 0, 2 * Math.PI);
      context.lineWidth = 0.012;
      context.strokeStyle = colours.getPropertyValue('--accent');
      context.stroke();
    }
    this.hint.hidden = this.strokes.length > 0 || this.pen !== null;
  }

  /** Asks the network; one request at a time, always for the latest drawing. */
  async ask() {
    this.again = true;
    if (this.asking) {
      return;
    }
    this.asking = true;
    while (this.again) {
      this.again = false;
      await this.askOnce();
    }
    this.asking = false;
  }

  async askOnce() {
    if (this.strokes.length === 0 || this.stamp === null) {
      this.blank();
      return;
    }
    try {
      const response = await fetch(`/api/runs/${encodeURIComponent(this.run)}/predict`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({pen: PEN, strokes: this.strokes}),
      });
      if (response.ok) {
        this.show(await response.json());
      } else {
        this.blank((await response.text()).trim());
      }
    } catch {
      this.blank('no answer: has the dashboard ended?');
    }
  }

  /** Shows the problem if there is no prediction. */
  blank(problem) {
    const waiting = this.run === null ? 'No run can answer yet.'
      : this.training ? 'Waiting for the first weights of this training.'
        : 'This run has no weights.';
    this.guess.textContent = '';
    this.note.textContent = problem ?? (this.stamp === null ? waiting : '');
    this.picture(28, 28, []);
    this.rows(this.binary ? [null] : Array(10).fill(null));
  }

  show(answer) {
    const best = answer.probabilities.indexOf(Math.max(...answer.probabilities));
    const first = answer.probabilities[0];
    const binary = answer.probabilities.length === 1;
    this.guess.textContent = binary ? (first > 0.5 ? 1 : 0) : best;
    this.note.textContent = percent(binary ? Math.max(first, 1 - first) : answer.probabilities[best], 1);
    this.picture(answer.rows, answer.columns, answer.image);
    this.rows(answer.probabilities);
  }

  picture(rows, columns, levels) {
    this.seen.width = columns;
    this.seen.height = rows;
    const context = this.seen.getContext('2d');
    const pixels = context.createImageData(columns, rows);
    for (let i = 0; i < rows * columns; i++) {
      pixels.data.fill(levels[i] ?? 0, 4 * i, 4 * i + 3);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  /** Shows one bar per class; a single one is the probability of a one. */
  rows(probabilities) {
    while (this.bars.children.length > probabilities.length) {
      this.bars.lastChild.remove();
    }
    const best = Math.max(...probabilities.map(value => value ?? 0));
    probabilities.forEach((probability, i) => {
      const row = this.bars.children[i] ?? this.addRow();
      const [name, bar, number] = row.children;
      name.textContent = probabilities.length === 1 ? 'a one' : i;
      bar.firstChild.style.width = 100 * (probability ?? 0) + '%';
      number.textContent = probability === null ? '' : percent(probability, 1);
      row.classList.toggle('best', probability !== null && (probabilities.length === 1 ? probability > 0.5 : probability === best));
    });
    this.bars.classList.toggle('single', probabilities.length === 1);
  }

  addRow() {
    const bar = make('span', {className: 'bar'}, make('span'));
    return this.bars.appendChild(make('li', {}, make('b'), bar, make('span')));
  }
}
