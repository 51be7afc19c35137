'use strict';
// Reads queries with Microsoft's own parser: { tables: { name: schema }, queries: [text] } in, one reading a query out; or runs them on the rows of cases, or of a workspace.
const path = require('node:path');
const home = path.join(process.argv[2], 'node_modules/@kusto/language-service-next');
require(path.join(home, 'bridge.min.js'));
require(path.join(home, 'Kusto.Language.Bridge.min.js'));
const { evaluate, answer } = require('./evaluate.cjs');
const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

const items = (list) => Array.from({ length: list.Count }, (_, i) => list.getItem(i));

// Half a surrogate pair is no JSON.
const escaped = (text) => text.replace(/[^ -~]|\\/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'));

function globals(tables) {
  // The constructors are overloads by number: a wrong one makes a table without columns, and no error.
  const symbols = Object.entries(tables).map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, null));
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('logs', symbols, false));
}

function walk(node, found) {
  const kind = node.$$name.replace('Kusto.Language.Syntax.', '');
  const at = node.TextStart;
  if (/^Syntax(List|Token)|^SeparatedElement|^TokenName/.test(kind)) ; // holds others, says nothing itself
  else if (kind === 'FunctionCallExpression') found.push({ kind: 'Function', name: node.Name.SimpleName, at });
  else if (kind === 'BinaryExpression' || kind === 'PrefixUnaryExpression') found.push({ kind: 'Operator', name: node.ReferencedSymbol?.Name ?? '', at });
  else if (kind === 'NamedParameter') found.push({ kind: 'Parameter', name: node.toString().replace(/\s/g, ''), at });
  else if (kind === 'LiteralExpression') found.push({ kind: 'Literal', name: escaped(String(node.LiteralValue)), at });
  else found.push({ kind: 'Syntax', name: kind, at });
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child) walk(child, found);
  }
  return found;
}

function read(text, state) {
  const code = KustoCode.ParseAndAnalyze(text, state);
  const columns = code.ResultType?.Columns;
  return {
    diagnostics: items(code.GetDiagnostics()).map((d) => `${d.Message} (${text.substr(d.Start, d.Length)})`),
    columns: columns ? items(columns).map((c) => `${c.Name}:${c.Type.Name}`) : [],
    used: walk(code.Syntax, []),
  };
}

const column = (text) => ({ name: text.split(':')[0].trim(), type: text.split(':')[1].trim() });

// Numbers beyond what JSON's reader here can hold are read as texts.
const exactly = (text) => JSON.parse(text.replace(/(?<=": ?)-?\d{16,}(?=[,}\s])/g, (number) => `"${number}"`));

const line = (row) => JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== '').sort()));

/** Runs a query on the rows of a case: what should have come and did not, and what came and should not have. */
function run({ query, file }, tables, state) {
  const given = exactly(file);
  const windows = (given.windows ?? []).map((w) => ({ Iss: w.iss, Kid: w.kid, TrustedFrom: w.trustedFrom, IssuedUntil: w.issuedUntil, TrustedUntil: w.trustedUntil }));
  const rows = { LoggedIssuance: given.TokenIssuance, LoggedAccess: given.GatewayAccess.map((row) => ({ InBatch: true, ...row })), KidWindow: windows };
  const inputs = Object.fromEntries(Object.entries(rows).map(([name, all]) => [name, { columns: tables[name].slice(1, -1).split(',').map(column), rows: all }]));
  const found = evaluate(KustoCode.ParseAndAnalyze(query, state), inputs).map(line);
  const expected = given.expected.map(line);
  const less = (all, others) => others.reduce((left, one) => (left.includes(one) ? left.toSpliced(left.indexOf(one), 1) : left), all);
  return { missing: less(expected, found), surplus: less(found, expected) };
}

/** Answers a query from the rows of a workspace; times of arrival are in a member ArrivedAt of each. */
function ask({ query }, logged, tables, state) {
  const code = KustoCode.ParseAndAnalyze(query, state);
  const wrong = items(code.GetDiagnostics()).map((d) => d.Message);
  if (wrong.length) throw new Error(wrong.join(' '));
  return answer(code, Object.fromEntries(Object.entries(tables).map(([name, schema]) => [name, { columns: schema.slice(1, -1).split(',').map(column), rows: logged[name] }])));
}

/** A question that cannot be answered is that of one test, and not the end of all. */
function said({ tables, queries, runs, asked, logged }) {
  try {
    const state = globals(tables);
    return runs ? runs.map((one) => run(one, tables, state)) : asked ? asked.map((one) => ask(one, logged, tables, state)) : queries.map((text) => read(text, state));
  } catch (failure) {
    return failure.stack;
  }
}

// A line in, a line out; ends with whoever started it.
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  process.stdout.write(JSON.stringify(said(JSON.parse(line))) + '\n');
});
