'use strict';
// A small evaluator of the operators that a detection may use, over the tree of Microsoft's parser. It is not Kusto: it does what Kusto's reference says of nulls,
// joins and order, so that a query can be run on the rows of its cases.
const { Time, Span, TICKS, timeOf, textOf, spanOf, keyOf, compare, binary, functions, aggregates } = require('./values.cjs');

// When a row arrived: it has that beside its columns, and loses it when it is projected.
const INGESTED = Symbol('ingestion_time');

const kindOf = (node) => node.$$name.split('.').pop();
const listed = (list) => Array.from({ length: list.Count }, (_, i) => list.getItem(i).Element$1 ?? list.getItem(i).Element);

class Evaluation {
  constructor(names) { this.names = names; }

  query(block) {
    let result = null;
    for (const statement of listed(block.Statements)) {
      if (kindOf(statement) === 'LetStatement') this.names[statement.Name.SimpleName] = this.value(statement.Expression);
      else result = this.value(statement.Expression);
    }
    return result;
  }

  /** A table, or a scalar of one row. */
  value(node, row, rows, index) {
    const inner = (child) => this.value(child, row, rows, index);
    switch (kindOf(node)) {
      case 'ParenthesizedExpression': return inner(node.Expression);
      case 'PipeExpression': return this.pipe(inner(node.Expression), node.Operator);
      case 'UnionOperator': return this.union(listed(node.Expressions).map(inner));
      case 'DataTableExpression': return this.datatable(node);
      case 'NameReference': return row && node.SimpleName in row ? row[node.SimpleName] : this.named(node.SimpleName);
      case 'LiteralExpression': return this.literal(node);
      case 'DynamicExpression': return JSON.parse(node.Expression.toString());
      case 'ElementExpression': {
        // What is not there is null, of whatever it is asked.
        const of = inner(node.Expression), at = inner(node.Selector.Expression);
        return (typeof at === 'string' ? of?.[at] : of?.[Number(at)]) ?? null;
      }
      case 'BinaryExpression': return binary(node.ReferencedSymbol.Name, inner(node.Left), () => inner(node.Right));
      case 'FunctionCallExpression': return this.call(node, inner, row, rows, index);
      case 'SimpleNamedExpression': return inner(node.Expression);
      default: throw new Error(`No evaluation of ${kindOf(node)}.`);
    }
  }

  datatable(node) {
    const columns = listed(node.Schema.Columns).map((c) => c.Name.SimpleName);
    const values = listed(node.Values).map((value) => this.value(value));
    return { columns, rows: Array.from({ length: values.length / columns.length }, (_, i) => Object.fromEntries(columns.map((c, j) => [c, values[i * columns.length + j]]))) };
  }

  named(name) {
    if (!(name in this.names)) throw new Error(`No ${name}.`);
    return this.names[name];
  }

  literal(node) {
    const text = node.toString().trim();
    const type = node.ResultType.Name;
    if (/\(null\)$/.test(text)) return null;
    switch (type) {
      case 'string': return node.LiteralValue;
      case 'bool': return text === 'true';
      case 'int': case 'long': return BigInt(/-?\d+/.exec(text)[0]);
      case 'real': return Number(text);
      case 'timespan': return spanOf(text);
      case 'datetime': return timeOf(/\((.*)\)/.exec(text)[1]);
      default: throw new Error(`No literal ${text}.`);
    }
  }

  call(node, inner, row, rows, index) {
    const name = node.Name.SimpleName;
    const given = listed(node.ArgumentList.Expressions);
    switch (name) {
      case 'iff': return inner(given[0]) === true ? inner(given[1]) : inner(given[2]);
      case 'case':
        for (let i = 0; i + 1 < given.length; i += 2) if (inner(given[i]) === true) return inner(given[i + 1]);
        return inner(given.at(-1));
      case 'prev': case 'next': {
        const other = rows[index + (name === 'prev' ? -1 : 1)];
        return other ? this.value(given[0], other) : node.ResultType.Name === 'string' ? '' : null;
      }
      case 'column_ifexists': return row && given[0].LiteralValue in row ? row[given[0].LiteralValue] : inner(given[1]);
      case 'ingestion_time': return row[INGESTED] ?? null;
      default:
        if (!functions[name]) throw new Error(`No function ${name}.`);
        return functions[name](...given.map(inner));
    }
  }

  union(tables) {
    const columns = [...new Set(tables.flatMap((table) => table.columns))];
    const missing = (table) => Object.fromEntries(columns.filter((c) => !table.columns.includes(c)).map((c) => [c, null]));
    return { columns, rows: tables.flatMap((table) => table.rows.map((row) => ({ ...row, ...missing(table) }))) };
  }

  name(expression, otherwise) {
    return kindOf(expression) === 'SimpleNamedExpression' ? expression.Name.SimpleName : kindOf(expression) === 'NameReference' ? expression.SimpleName : otherwise;
  }

  pipe(table, operator) {
    const { columns, rows } = table;
    switch (kindOf(operator)) {
      case 'FilterOperator': return { columns, rows: rows.filter((row, i) => this.value(operator.Condition, row, rows, i) === true) };
      case 'ExtendOperator': {
        const added = listed(operator.Expressions);
        // Those of one operator do not see each other.
        return {
          columns: [...new Set([...columns, ...added.map((e) => this.name(e))])],
          rows: rows.map((row, i) => Object.assign({ ...row }, ...added.map((e) => ({ [this.name(e)]: this.value(e, row, rows, i) })))),
        };
      }
      case 'ProjectOperator': {
        const kept = listed(operator.Expressions);
        return { columns: kept.map((e) => this.name(e)), rows: rows.map((row, i) => Object.assign({}, ...kept.map((e) => ({ [this.name(e)]: this.value(e, row, rows, i) })))) };
      }
      case 'DistinctOperator': return this.summarize(rows, listed(operator.Expressions), []);
      case 'SummarizeOperator': return this.summarize(rows, operator.ByClause ? listed(operator.ByClause.Expressions) : [], listed(operator.Aggregates));
      case 'TakeOperator': return { columns, rows: rows.slice(0, Number(this.value(operator.Expression))) };
      case 'SortOperator': return { columns, rows: this.sort(rows, listed(operator.Expressions)) };
      case 'JoinOperator': return this.join(table, operator);
      case 'UnionOperator': return this.union([table, ...listed(operator.Expressions).map((e) => this.value(e))]);
      default: throw new Error(`No operator ${kindOf(operator)}.`);
    }
  }

  summarize(rows, by, made) {
    const groups = new Map();
    // Without by, nothing is one group of nothing.
    if (!by.length) groups.set('[]', { values: [], rows: [] });
    for (const row of rows) {
      const values = by.map((e) => this.value(e, row));
      const key = JSON.stringify(values.map(keyOf));
      if (!groups.has(key)) groups.set(key, { values, rows: [] });
      groups.get(key).rows.push(row);
    }
    const aggregate = (e, of) => {
      const call = kindOf(e) === 'SimpleNamedExpression' ? e.Expression : e;
      const given = listed(call.ArgumentList.Expressions);
      return aggregates[call.Name.SimpleName](of, ...given.map((argument) => (row) => this.value(argument, row)));
    };
    return {
      columns: [...by, ...made].map((e) => this.name(e)),
      rows: [...groups.values()].map((group) =>
        Object.assign({}, ...by.map((e, i) => ({ [this.name(e)]: group.values[i] })), ...made.map((e) => ({ [this.name(e)]: aggregate(e, group.rows) })))),
    };
  }

  sort(rows, by) {
    const keys = by.map((e) => ({ of: e.Expression ?? e, descending: !/\basc\b/.test(e.toString()) }));
    return [...rows].sort((a, b) => keys.map(({ of, descending }) => compare(this.value(of, a), this.value(of, b)) * (descending ? -1 : 1)).find((c) => c) ?? 0);
  }

  join(left, operator) {
    const right = this.value(operator.Expression);
    const kind = /kind=(\w+)/.exec(operator.toString().split('(')[0])[1];
    const on = listed(operator.ConditionClause.Expressions).map((e) => (kindOf(e) === 'NameReference'
      ? [e.SimpleName, e.SimpleName]
      : [e.Left, e.Right].map((side) => side.toString().trim().split('.')[1])));
    const key = (row, side) => {
      const values = on.map((names) => row[names[side]]);
      return values.includes(null) ? null : JSON.stringify(values.map(keyOf)); // a null matches nothing
    };
    const matches = new Map();
    for (const row of right.rows) matches.set(key(row, 1), [...(matches.get(key(row, 1)) ?? []), row]);
    const found = (row) => (key(row, 0) === null ? [] : matches.get(key(row, 0)) ?? []);
    if (kind === 'leftanti') return { ...left, rows: left.rows.filter((row) => !found(row).length) };
    if (kind === 'leftsemi') return { ...left, rows: left.rows.filter((row) => found(row).length) };
    const renamed = right.columns.map((name) => [name, left.columns.includes(name) ? `${name}1` : name]);
    const types = new Map(listedColumns(operator).map((c) => [c.Name, c.Type.Name]));
    const widen = (row) => Object.fromEntries(renamed.map(([from, to]) => [to, row ? row[from] : types.get(to) === 'string' ? '' : null]));
    return {
      columns: [...left.columns, ...renamed.map(([, to]) => to)],
      rows: left.rows.flatMap((row) => {
        const others = found(row);
        return (others.length || kind === 'inner' ? others : [null]).map((other) => ({ ...row, ...widen(other) }));
      }),
    };
  }
}

const listedColumns = (operator) => Array.from({ length: operator.ResultType.Columns.Count }, (_, i) => operator.ResultType.Columns.getItem(i));

/** A row of a case as a row of its table: what is left out is null, or empty. */
function rowOf(given, columns) {
  return Object.fromEntries(columns.map(({ name, type }) => {
    const value = given[name];
    if (type === 'string') return [name, value ?? ''];
    if (value === undefined || value === null) return [name, null];
    if (type === 'datetime') {
      const time = timeOf(value);
      return [name, functions.bin(time, new Span(name === 'IssuedAt' || name === 'ExpiresAt' ? TICKS.s : TICKS.microsecond))];
    }
    return [name, type === 'long' ? BigInt(value) : value];
  }));
}

// A number that JSON's reader here cannot hold is a text.
const plain = (value) => (value instanceof Time ? textOf(value) : typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`) : value);

/** A row of a table of the workspace, as it was logged. */
function loggedOf(given, columns) {
  const row = Object.fromEntries(columns.map(({ name, type }) => {
    const value = given[name] ?? null;
    return [name, type === 'string' ? value ?? '' : value === null ? null : type === 'datetime' ? timeOf(value) : type === 'long' ? BigInt(value) : value];
  }));
  row[INGESTED] = given.ArrivedAt ? timeOf(given.ArrivedAt) : null;
  return row;
}

/** What a whole query, with its prelude, answers on the wire of the query API. */
function answer(code, tables) {
  const names = Object.fromEntries(Object.entries(tables).map(([name, { columns, rows }]) => [name, { columns: columns.map((c) => c.name), rows: rows.map((row) => loggedOf(row, columns)) }]));
  const columns = Array.from({ length: code.ResultType.Columns.Count }, (_, i) => code.ResultType.Columns.getItem(i)).map((c) => ({ name: c.Name, type: c.Type.Name }));
  const result = new Evaluation(names).query(code.Syntax);
  return { columns, rows: result.rows.map((row) => columns.map(({ name }) => plain(row[name]) ?? null)) };
}

/** Rows of the result, without what is null or empty. */
function evaluate(code, tables) {
  const names = Object.fromEntries(Object.entries(tables).map(([name, { columns, rows }]) => [name, { columns: columns.map((c) => c.name), rows: rows.map((row) => rowOf(row, columns)) }]));
  const result = new Evaluation(names).query(code.Syntax);
  return result.rows.map((row) => Object.fromEntries(result.columns.map((c) => [c, plain(row[c])]).filter(([, value]) => value !== null && value !== '')));
}

module.exports = { evaluate, answer };
