'use strict';
// KQL's values and what functions make of them, as its reference has it. Texts are never null, only empty; any other value may be null.

class Time { constructor(ticks) { this.ticks = ticks; } }
class Span { constructor(ticks) { this.ticks = ticks; } }

const TICKS = { tick: 1n, microsecond: 10n, ms: 10000n, s: 10000000n, m: 600000000n, h: 36000000000n, d: 864000000000n };
const EPOCH = 621355968000000000n;

function timeOf(text) {
  const [, whole, fraction = ''] = /^([-\d]+T[\d:]+)(?:\.(\d{1,7})\d*)?Z?$/.exec(text);
  return new Time(BigInt(Date.parse(whole + 'Z')) * 10000n + EPOCH + BigInt(fraction.padEnd(7, '0')));
}

function textOf(time) {
  const milliseconds = (time.ticks - EPOCH) / 10000n - ((time.ticks - EPOCH) % 10000n < 0n ? 1n : 0n);
  const seconds = new Date(Number(milliseconds)).toISOString().replace(/^[-+]?0*(\d{4}-)/, '$1').slice(0, 19);
  const fraction = (((time.ticks % TICKS.s) + TICKS.s) % TICKS.s).toString().padStart(7, '0').replace(/0+$/, '');
  return seconds + (fraction ? `.${fraction}` : '') + 'Z';
}

function spanOf(text) {
  const unit = /^(\d+)(tick|microsecond|ms|s|m|h|d)$/.exec(text);
  if (unit) return new Span(BigInt(unit[1]) * TICKS[unit[2]]);
  const [, days = '0', hours, minutes, seconds, fraction = ''] = /^timespan\((?:(\d+)\.)?(\d+):(\d+):(\d+)(?:\.(\d+))?\)$/.exec(text);
  return new Span(((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * TICKS.m + BigInt(seconds) * TICKS.s + BigInt(fraction.padEnd(7, '0')));
}

const raw = (value) => (value instanceof Time || value instanceof Span ? value.ticks : value);
const wrap = (n) => BigInt.asIntN(64, n);
const floorDiv = (a, b) => (a % b !== 0n && (a < 0n) !== (b < 0n) ? a / b - 1n : a / b);
const keyOf = (value) => (value === null ? 'null' : `${value.constructor.name}:${Array.isArray(value) ? JSON.stringify(value) : raw(value)}`);

function compare(a, b) {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return raw(a) < raw(b) ? -1 : raw(a) > raw(b) ? 1 : 0;
}

const arithmetic = {
  Add: (a, b) => (a instanceof Time || b instanceof Time ? new Time(raw(a) + raw(b)) : a instanceof Span ? new Span(raw(a) + raw(b)) : typeof a === 'bigint' ? wrap(a + b) : a + b),
  Subtract: (a, b) => (a instanceof Time ? new (b instanceof Time ? Span : Time)(raw(a) - raw(b)) : a instanceof Span ? new Span(raw(a) - raw(b)) : typeof a === 'bigint' ? wrap(a - b) : a - b),
  Multiply: (a, b) => (a instanceof Span || b instanceof Span ? new Span(raw(a) * raw(b)) : wrap(a * b)),
  Divide: (a, b) => (a instanceof Span ? new Span(raw(a) / raw(b)) : a / b),
};

function binary(operator, left, right) {
  switch (operator) {
    case 'And': return left === false || right() === false ? false : left === null || right() === null ? null : true;
    case 'Or': return left === true || right() === true ? true : left === null || right() === null ? null : false;
  }
  const a = left, b = right();
  // Reference, "null values": == of one null is false, != of one is true, of two both are null.
  if (operator === 'Equal' || operator === 'NotEqual') {
    if (a === null && b === null) return null;
    const same = a !== null && b !== null && raw(a) === raw(b);
    return operator === 'Equal' ? same : !same;
  }
  if (a === null || b === null) return null;
  switch (operator) {
    case 'LessThan': return compare(a, b) < 0;
    case 'LessThanOrEqual': return compare(a, b) <= 0;
    case 'GreaterThan': return compare(a, b) > 0;
    case 'GreaterThanOrEqual': return compare(a, b) >= 0;
    case 'StartsWithCs': return a.startsWith(b);
    case 'ContainsCs': return a.includes(b);
    default: return arithmetic[operator](a, b);
  }
}

const functions = {
  isempty: (x) => x === null || x === '',
  isnotempty: (x) => x !== null && x !== '',
  isnull: (x) => x === null,
  isnotnull: (x) => x !== null,
  not: (x) => (x === null ? null : !x),
  bin: (x, size) => (x === null ? null : new x.constructor(floorDiv(raw(x), raw(size)) * raw(size))),
  max_of: (...all) => all.reduce((a, b) => (compare(a, b) >= 0 ? a : b)),
  split: (text, by) => text.split(by),
  trim: (pattern, text) => text.replace(new RegExp(`^(?:${pattern})|(?:${pattern})$`, 'g'), ''),
  indexof: (text, part) => BigInt(text.indexOf(part)),
  tostring: (x) => (x === null || x === undefined ? '' : typeof x === 'object' && !(x instanceof Time) && !(x instanceof Span) ? JSON.stringify(x) : String(x)),
  // A text that is no JSON is itself.
  parse_json: (x) => { try { return JSON.parse(x); } catch { return x; } },
  extract: (pattern, group, text) => new RegExp(pattern).exec(text)?.[Number(group)] ?? '',
  toreal: (x) => (x === null || x === '' ? null : Number(x)),
  strcat_array: (array, by) => array.join(by),
  array_length: (array) => (array === null ? null : BigInt(array.length)),
  array_slice: (array, from, to) => array.slice(Number(from), Number(to) + 1),
  array_concat: (...arrays) => arrays.flat(),
  coalesce: (...all) => all.find((x) => x !== null && x !== '') ?? all.at(-1),
  todatetime: (x) => (typeof x === 'string' ? (x ? timeOf(x) : null) : x),
  tolong: (x) => (x === null || x === '' ? null : BigInt(x)),
  tolower: (x) => x.toLowerCase(),
  substring: (x, from) => x.slice(Number(from)),
  tobool: (x) => (typeof x === 'string' ? { true: true, false: false }[x.toLowerCase()] ?? null : x),
  strcat: (...all) => all.map((x) => (x === null ? '' : x instanceof Time ? textOf(x) : String(x))).join(''),
  // Any fixed hash will do: what counts is that the shares by one fill it.
  hash: (x, n) => BigInt([...functions.strcat(x)].reduce((hash, unit) => (Math.imul(hash, 31) + unit.codePointAt(0)) >>> 0, 7)) % n,
};

const aggregates = {
  count: (rows) => BigInt(rows.length),
  countif: (rows, of) => BigInt(rows.filter((row) => of(row) === true).length),
  sum: (rows, of) => rows.reduce((all, row) => wrap(all + (of(row) ?? 0n)), 0n),
  minif: (rows, of, when) => aggregates.min(rows.filter((row) => when(row) === true), of),
  min: (rows, of) => rows.map(of).filter((x) => x !== null).sort(compare)[0] ?? null,
  max: (rows, of) => rows.map(of).filter((x) => x !== null).sort(compare).at(-1) ?? null,
};

module.exports = { Time, Span, TICKS, timeOf, textOf, spanOf, keyOf, compare, binary, functions, aggregates };
