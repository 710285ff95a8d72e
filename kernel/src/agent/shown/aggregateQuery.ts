/** A node of DuckDB's serialized syntax tree. */
type Node = Readonly<Record<string, unknown>>;

/** A query of aggregates over one relation, with counters of rows added at the end of its columns. */
export interface AggregateQuery {
  readonly relation: string;
  readonly tree: unknown;
  /** How many columns were added. */
  readonly counters: number;
}

/** Aggregates that say something about many rows, and never hand out the value of one. */
const AGGREGATES = new Set(
  'count count_star sum fsum sum_no_overflow avg mean favg stddev stddev_pop stddev_samp var_pop var_samp variance skewness kurtosis corr covar_pop covar_samp regr_slope regr_intercept regr_r2 approx_count_distinct'.split(
    ' ',
  ),
);
/** What may be done with aggregates. */
const ARITHMETIC = new Set([
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  'round',
  'floor',
  'ceil',
  'abs',
  'sqrt',
  'ln',
  'log',
  'log10',
  'nullif',
  'coalesce',
]);

/**
 * Takes the tree of `json_serialize_sql` and finds out whether it only aggregates plain columns of one relation. Gives
 * that query with a count of rows, and of values for each aggregated column, in every group.
 */
export function aggregateQuery(tree: unknown): AggregateQuery | { readonly problem: string } {
  const only = 'only one SELECT of aggregates over one table or file is.';
  const { statements, error } = (tree ?? {}) as { statements?: readonly Node[]; error?: boolean };
  const statement = statements?.[0];
  if (error === true || statement === undefined || statements?.length !== 1) return { problem: only };
  const node = asNode(statement['node']);
  const from = asNode(node['from_table']);
  if (
    node['type'] !== 'SELECT_NODE' ||
    from['type'] !== 'BASE_TABLE' ||
    from['sample'] != null ||
    from['at_clause'] != null
  )
    return { problem: only };
  if (list(asNode(node['cte_map'])['map']).length > 0 || node['sample'] != null || node['qualify'] != null)
    return { problem: only };
  if (holdsSubquery(node)) return { problem: 'a query with a subquery is not.' };
  const keys = list(node['group_expressions']).map(shape);
  const all = node['aggregate_handling'] === 'FORCE_AGGREGATES';
  const selected = list(node['select_list']);
  const columns = new Map<string, Node>();
  let aggregates = 0;
  for (const item of selected) {
    if (isAggregate(item, columns)) aggregates += 1;
    else if (!(all ? holdsNoAggregate(item) : keys.includes(shape(item)) || namesKey(item, keys)))
      return {
        problem: `${only} Allowed are ${[...AGGREGATES].slice(0, 7).join(', ')} and the like of plain columns, without FILTER, and the columns of GROUP BY; not min, max, first, list or string_agg.`,
      };
  }
  if (aggregates === 0) return { problem: only };
  const sorted = list(node['modifiers']).every(
    (modifier) =>
      modifier['type'] === 'LIMIT_MODIFIER' ||
      (modifier['type'] === 'ORDER_MODIFIER' &&
        list(modifier['orders']).every(
          ({ expression }) => isPlain(asNode(expression)) || isAggregate(asNode(expression), columns),
        )),
  );
  if (!sorted || !isCondition(node['having'], columns)) return { problem: only };
  const counters = [counter([]), ...[...columns.values()].map((column) => counter([column]))];
  const guarded = { ...node, select_list: [...selected, ...counters] };
  const parts = ['catalog_name', 'schema_name', 'table_name'].map((field) => from[field]);
  return {
    relation: parts.filter((part) => typeof part === 'string' && part !== '').join('.'),
    tree: { error: false, statements: [{ ...statement, node: guarded }] },
    counters: counters.length,
  };
}

const asNode = (value: unknown): Node => (typeof value === 'object' && value !== null ? (value as Node) : {});
const list = (value: unknown): readonly Node[] => (Array.isArray(value) ? (value as Node[]) : []);
const isPlain = (node: Node): boolean => node['class'] === 'COLUMN_REF' || node['class'] === 'CONSTANT';

/** An allowed aggregate of plain columns, or arithmetic over such and constants. Gathers the columns. */
function isAggregate(node: Node, columns: Map<string, Node>): boolean {
  const children = list(node['children']);
  const inner = node['class'] === 'CAST' ? [asNode(node['child'])] : children;
  const name = String(node['function_name']).toLowerCase();
  if (node['class'] === 'FUNCTION' && AGGREGATES.has(name)) {
    if (node['filter'] != null || list(asNode(node['order_bys'])['orders']).length > 0) return false;
    if (!children.every((child) => child['class'] === 'COLUMN_REF')) return false;
    if (name !== 'count') for (const child of children) columns.set(shape(child), child);
    return true;
  }
  if (
    node['class'] !== 'CAST' &&
    node['class'] !== 'OPERATOR' &&
    !(node['class'] === 'FUNCTION' && ARITHMETIC.has(name))
  )
    return false;
  const some = inner.filter((child) => child['class'] !== 'CONSTANT');
  return some.length > 0 && some.every((child) => isAggregate(child, columns));
}

/** HAVING may compare allowed aggregates with constants: it must not test single rows. */
function isCondition(value: unknown, columns: Map<string, Node>): boolean {
  if (value == null) return true;
  const node = asNode(value);
  if (node['class'] === 'CONJUNCTION')
    return list(node['children']).every((child) => isCondition(child, columns));
  if (node['class'] !== 'COMPARISON') return false;
  return [node['left'], node['right']]
    .map(asNode)
    .every((side) => isPlain(side) || isAggregate(side, columns));
}

/** A node without what only places it: for comparing two. */
function shape(node: Node): string {
  return JSON.stringify(node, (field, value: unknown) =>
    field === 'query_location' || field === 'alias' ? undefined : value,
  );
}

/** GROUP BY 1 and GROUP BY alias name an item of the select list. */
function namesKey(item: Node, keys: readonly string[]): boolean {
  if (!holdsNoAggregate(item)) return false;
  return keys.some((key) => {
    const node = JSON.parse(key) as Node;
    const names = node['column_names'];
    const alias = item['alias'];
    if (Array.isArray(names) && names.length === 1 && alias !== '' && names[0] === alias) return true;
    return node['class'] === 'CONSTANT';
  });
}

const SCALAR = new Set([
  'COLUMN_REF',
  'CONSTANT',
  'CAST',
  'CASE',
  'COMPARISON',
  'CONJUNCTION',
  'OPERATOR',
  'BETWEEN',
]);
const KEY_FUNCTIONS = new Set(
  'year month day quarter week dayofweek hour date_trunc date_part extract floor round lower upper + - * / // %'.split(
    ' ',
  ),
);

function holdsNoAggregate(node: Node): boolean {
  if (node['class'] === 'FUNCTION') {
    if (!KEY_FUNCTIONS.has(String(node['function_name']).toLowerCase())) return false;
  } else if (!SCALAR.has(String(node['class']))) return false;
  return list(node['children']).every(holdsNoAggregate);
}

function holdsSubquery(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSubquery);
  if (typeof value !== 'object' || value === null) return false;
  const node = value as Node;
  return (
    node['class'] === 'SUBQUERY' || node['class'] === 'WINDOW' || Object.values(node).some(holdsSubquery)
  );
}

function counter(children: readonly Node[]): Node {
  return {
    class: 'FUNCTION',
    type: 'FUNCTION',
    alias: '',
    function_name: children.length === 0 ? 'count_star' : 'count',
    schema: '',
    catalog: '',
    children,
    filter: null,
    order_bys: { type: 'ORDER_MODIFIER', orders: [] },
    distinct: false,
    is_operator: false,
    export_state: false,
  };
}
