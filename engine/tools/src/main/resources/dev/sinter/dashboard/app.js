// The page: keeps the data of the server and shows it.

import {Chart} from './chart.js';
import {count, duration, make, metric, percent, value, words} from './format.js';
import {Pad} from './pad.js';
import {RunTable} from './runs.js';

const COLOURS = 8;
const TRAIL = 600; // points kept per run for the epochs in progress
const RETRY_MILLIS = 2000;

const state = {
  runs: [],
  details: new Map(), // by id: with a history; the version tells its age
  ticked: new Map(), // colour by id
  chosen: null, // id
  seen: new Set(), // ids seen before
  trails: new Map(), // by id: [epoch, numbers]
  progress: null,
};

const byId = id => document.getElementById(id);
const charts = [
  new Chart(byId('loss-chart'), 'loss', false),
  new Chart(byId('accuracy-chart'), 'accuracy', true),
];
const pad = new Pad();
const table = new RunTable({tick, choose});

function run(id) {
  return state.runs.find(each => each.id === id);
}

async function json(path) {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(await response.text());
  }
  return response.json();
}

// News

function apply(listing) {
  const first = state.seen.size === 0;
  state.runs = listing.runs;
  byId('folder').textContent = listing.folder;
  byId('example').textContent = listing.folder || 'runs';
  for (const id of [...state.ticked.keys()].filter(id => !run(id))) {
    state.ticked.delete(id);
  }
  if (!run(state.chosen)) {
    state.chosen = null;
  }
  const added = state.runs.filter(each => !state.seen.has(each.id) && each.status !== 'unreadable');
  const running = added.filter(each => each.status === 'running');
  // At first the newest run and those in training; later every run that starts.
  const shown = first ? [...running, ...added.slice(0, running.length > 0 ? 0 : 1)] : running;
  shown.forEach(each => take(each.id));
  state.chosen = shown[0]?.id ?? state.chosen ?? state.runs[0]?.id ?? null;
  state.runs.forEach(each => state.seen.add(each.id));
  refresh();
}

/** Shows the known data, then updates the numbers of the shown runs that are not the latest. */
async function refresh() {
  render();
  const wanted = new Set([...state.ticked.keys(), state.chosen].filter(id => id !== null));
  await Promise.all([...wanted].map(async id => {
    const current = run(id);
    const known = state.details.get(id);
    if (!current || known?.version === current.version && known?.weights === current.weights) {
      return;
    }
    try {
      state.details.set(id, await json('/api/runs/' + encodeURIComponent(id)));
    } catch {
      return; // the run or the connection is gone: the next news will show it
    }
  }));
  render();
}

function take(id) {
  const used = new Set(state.ticked.values());
  const free = [...Array(COLOURS).keys()].find(colour => !used.has(colour));
  if (!state.ticked.has(id) && free !== undefined) {
    state.ticked.set(id, free);
  }
}

function tick(id, on) {
  if (on) {
    take(id);
  } else {
    state.ticked.delete(id);
  }
  refresh();
}

function choose(id) {
  state.chosen = id;
  refresh();
}

function advance(progress) {
  state.progress = progress;
  const trail = state.trails.get(progress.id) ?? [];
  const at = progress.epoch - 1 + progress.step / (progress.steps || progress.step + 1);
  if (trail.length > 0 && trail.at(-1).at > at) {
    trail.length = 0; // another training with the same name
  }
  if (trail.length > 0 && Math.ceil(at) !== Math.ceil(trail.at(-1).at)) {
    trail.push({at, loss: NaN, accuracy: NaN}); // the mean restarts with each epoch
  }
  trail.push({at, loss: progress.loss, accuracy: progress.accuracy});
  trail.splice(0, trail.length - TRAIL);
  state.trails.set(progress.id, trail);
  renderNow();
  renderCharts();
}

// Display

function render() {
  byId('empty').hidden = state.runs.length > 0;
  document.body.classList.toggle('no-runs', state.runs.length === 0);
  const speed = id => state.progress?.id === id ? state.progress.samples_per_second : null;
  table.show(
    state.runs.map(each => each.status === 'running' ? {...each, samples_per_second: speed(each.id)} : each),
    state.ticked, state.chosen);
  byId('runs-hint').hidden = state.runs.length < 2;
  renderNow();
  renderCharts();
  renderPad();
  renderDetails();
}

function renderNow() {
  const progress = state.progress;
  const current = progress && run(progress.id);
  const shown = current?.status === 'running';
  byId('now').hidden = !shown;
  if (!shown) {
    return;
  }
  byId('now-title').textContent = 'Training ' + current.name;
  byId('now-progress').value = (progress.epoch - 1 + progress.step / (progress.steps || progress.step + 1)) / progress.epochs;
  definitions(byId('now-numbers'), {
    epoch: `${progress.epoch} / ${progress.epochs}`,
    step: `${progress.step} / ${progress.steps || '?'}`,
    loss: metric(progress.loss),
    accuracy: percent(progress.accuracy),
    'samples/s': count(progress.samples_per_second),
    'left of the epoch': duration(progress.seconds_left),
  });
}

function renderCharts() {
  for (const chart of charts) {
    chart.show([...state.ticked].filter(([id]) => run(id)).map(([id, colour]) => {
      const history = state.details.get(id)?.history;
      const numbers = name => (history?.[name] ?? []).map(each => each ?? NaN);
      const trail = state.trails.get(id) ?? [];
      return {
        name: run(id).name,
        colour,
        epochs: history?.epoch ?? [],
        planned: run(id).status === 'running' ? run(id).epochs : 0,
        training: numbers(chart.name),
        validation: numbers('val_' + chart.name),
        trail: trail.map(point => [point.at, point[chart.name]]),
      };
    }));
  }
}

function renderPad() {
  const select = byId('pad-run');
  const able = state.runs.filter(each => each.weights !== null && each.weights !== undefined || each.status === 'running');
  const chosen = able.find(each => each.id === state.chosen) ?? able[0];
  const names = able.map(each => each.id).join('\n');
  if (select.dataset.names !== names) {
    select.dataset.names = names;
    select.replaceChildren(...able.map(each => new Option(each.name, each.id)));
  }
  if (select.dataset.chosen !== state.chosen || !able.some(each => each.id === select.value)) {
    select.dataset.chosen = state.chosen; // follows the chosen run until the user sets it
    select.value = chosen?.id ?? '';
  }
  select.disabled = able.length === 0;
  pad.answeredBy(able.find(each => each.id === select.value));
}

byId('pad-run').addEventListener('change', renderPad);

function renderDetails() {
  const current = run(state.chosen);
  const detail = state.details.get(state.chosen) ?? current;
  byId('details-title').textContent = current ? current.name : 'Details';
  byId('details-reason').hidden = !current?.reason;
  byId('details-reason').textContent = current?.reason ?? '';
  renderFigures(current);
  const settings = {};
  if (detail && current.status !== 'unreadable') {
    settings.recipe = detail.recipe;
    settings.parameters = count(detail.parameters);
    for (const part of [detail.configuration, {device: detail.device, data: detail.data}, detail.machine, detail.versions]) {
      for (const [name, setting] of Object.entries(part ?? {})) {
        const text = name === 'memory_bytes' ? (setting / 2 ** 30).toFixed(1) + ' GiB' : value(setting);
        settings[words(name.replace('_bytes', ''))] = text;
      }
    }
  }
  definitions(byId('settings'), settings);
}

function renderFigures(current) {
  const holder = byId('figures');
  const names = current?.figures ?? [];
  const version = JSON.stringify([current?.id, current?.version, names]);
  if (holder.dataset.version === version) {
    return;
  }
  holder.dataset.version = version;
  holder.replaceChildren(...names.map(name => {
    const title = words(name.replace(/\.png$/, '').replaceAll('-', ' '));
    const src = `/api/runs/${encodeURIComponent(current.id)}/figures/${encodeURIComponent(name)}?${current.version}`;
    const image = make('img', {alt: '', loading: 'lazy', src});
    const button = make('button', {type: 'button'}, image, make('span', {textContent: title}));
    button.addEventListener('click', () => {
      byId('figure-title').textContent = `${current.name}: ${title}`;
      byId('figure-image').src = image.src;
      byId('figure-image').alt = title;
      byId('figure').showModal();
    });
    return button;
  }));
}

byId('figure').addEventListener('click', event => {
  if (event.target === byId('figure')) {
    byId('figure').close(); // a click next to the figure
  }
});

/** Fills a list of names and values; keeps the elements if the names are unchanged. */
function definitions(list, entries) {
  const names = Object.keys(entries);
  if (list.dataset.names !== names.join('\n')) {
    list.dataset.names = names.join('\n');
    list.replaceChildren(...names.map(name => make('div', {}, make('dt', {textContent: name}), make('dd'))));
  }
  names.forEach((name, i) => {
    list.children[i].lastChild.textContent = entries[name];
  });
}

// Events

function connection(word, text) {
  byId('connection').dataset.state = word;
  byId('connection').textContent = text;
}

async function everything() {
  try {
    apply(await json('/api/runs'));
  } catch {
    connection('lost', 'no connection');
  }
}

function listen() {
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => {
    connection('live', 'live');
    everything();
  });
  events.addEventListener('runs', event => apply(JSON.parse(event.data)));
  events.addEventListener('progress', event => advance(JSON.parse(event.data)));
  events.addEventListener('lost', everything);
  events.addEventListener('error', () => {
    connection('lost', 'no connection: has the dashboard ended?');
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(listen, RETRY_MILLIS); // refused: the browser does not retry
    }
  });
}

listen();
