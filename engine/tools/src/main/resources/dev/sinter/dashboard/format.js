// Formats numbers and times for the page, and creates its elements.

const MISSING = '–';

function known(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Creates an element with properties and children. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Formats about four significant digits: 0.2641, 12.35, 3.2e-7. */
export function metric(value) {
  if (!known(value)) {
    return MISSING;
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value.toExponential(2);
  }
  return value.toFixed(size < 10 ? 4 : size < 1000 ? 2 : 0);
}

export function percent(value, digits = 2) {
  return known(value) ? (100 * value).toFixed(digits) + ' %' : MISSING;
}

/** 81 345, with a thin space between thousands. */
export function count(value) {
  return known(value) ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, '\u2009') : MISSING;
}

export function duration(seconds) {
  if (!known(seconds)) {
    return MISSING;
  }
  if (seconds < 60) {
    return seconds.toFixed(seconds < 10 ? 1 : 0) + ' s';
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? minutes + ' min' : Math.round(minutes / 60) + ' h';
}

/** Formats the day and time of an instant in milliseconds; without the day if it is today. */
export function moment(milliseconds) {
  if (!known(milliseconds)) {
    return MISSING;
  }
  const then = new Date(milliseconds);
  const pad = number => String(number).padStart(2, '0');
  const time = pad(then.getHours()) + ':' + pad(then.getMinutes());
  const day = then.getFullYear() + '-' + pad(then.getMonth() + 1) + '-' + pad(then.getDate());
  return then.toDateString() === new Date().toDateString() ? 'today ' + time : day + ' ' + time;
}

/** Returns the status, with the age of the last change if a running one is silent. */
export function status(run) {
  const silent = (Date.now() - run.changed) / 1000;
  return run.status === 'running' && silent > 60 ? `running (last change ${duration(silent)} ago)` : run.status;
}

/** Formats the value of a setting: text, numbers and the content of objects. */
export function value(setting) {
  if (setting === null || setting === undefined || setting === '') {
    return MISSING;
  }
  if (Array.isArray(setting)) {
    return setting.map(value).join(', ');
  }
  if (setting.name !== undefined) {
    return Object.values(setting).map(value).join(' '); // rmsprop 0.001
  }
  if (typeof setting === 'object') {
    return Object.entries(setting).map(([key, part]) => words(key) + ' ' + value(part)).join(', ');
  }
  return String(setting);
}

export function words(name) {
  return name.replaceAll('_', ' ');
}
