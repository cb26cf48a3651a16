/** What a column may be, apart from arrays, maps and structs of these. */
const SIMPLE =
  /^(boolean|tinyint|smallint|int|bigint|float|double|string|date|timestamp|decimal\(\d{1,2},\d{1,2}\)|(var)?char\(\d{1,5}\))$/;
const FIELD = /^[A-Za-z_]\w{0,254}$/;

/** Which types there are, for the messages of errors. */
export const COLUMN_TYPES =
  'boolean, tinyint, smallint, int, bigint, float, double, decimal(p,s), string, varchar(n), char(n), date, timestamp, ' +
  'array<...>, map<string,...>, struct<name:...>';

/** Whether a column, or a field of a struct, can be called so. */
export function isColumnName(name: string): boolean {
  return FIELD.test(name);
}

/** A column's type as Hive writes it, with the names of all fields in it. */
export interface ColumnType {
  /** In lower case, without blanks. */
  readonly type: string;
  readonly fields: string[];
}

/** Reads a type; undefined if it is none. */
export function readColumnType(text: string): ColumnType | undefined {
  const compact = text.replaceAll(/\s+/g, '');
  const fields = fieldsOf(compact);
  return fields && { type: compact.toLowerCase(), fields };
}

/** The names of the fields in a type; undefined if it is no type. */
function fieldsOf(type: string): string[] | undefined {
  if (SIMPLE.test(type)) {
    return [];
  }
  const [, kind, inner] = /^(array|map|struct)<(.+)>$/.exec(type) ?? [];
  if (kind === undefined || inner === undefined) {
    return undefined;
  }
  if (kind === 'array') {
    return fieldsOf(inner);
  }
  const parts = splitOutside(inner);
  if (kind === 'map') {
    return parts.length === 2 && parts[0] === 'string' ? fieldsOf(parts[1] ?? '') : undefined;
  }
  return flattenDefined(parts.map(fieldsOfField));
}

function fieldsOfField(field: string): string[] | undefined {
  const [, name = '', type = ''] = /^([^:]*):(.*)$/.exec(field) ?? [];
  const inner = fieldsOf(type);
  return isColumnName(name) && inner ? [name, ...inner] : undefined;
}

/** The parts between commas that are in no brackets. */
function splitOutside(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('<('.includes(character)) {
      depth += 1;
    }
    if ('>)'.includes(character)) {
      depth -= 1;
    }
    if (character === ',' && depth === 0) {
      parts.push('');
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

function flattenDefined(lists: (string[] | undefined)[]): string[] | undefined {
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}
