import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { COLUMN_TYPES, type ColumnType, isColumnName, readColumnType } from './column-type';
import { ResultColumns } from './results-columns';

/** Athena knows no other names without quotes. */
export function checkCatalogName(scope: IConstruct, field: string, name: string | undefined, most: number): void {
  if (name === undefined || Token.isUnresolved(name)) {
    return;
  }
  if (!/^[a-z0-9_]+$/.test(name) || name.length > most) {
    throw validationError(scope, 'ResultsTableName', `${field} must be 1 to ${most} of a-z 0-9 _; got "${name}"`);
  }
}

/** The columns of the table, with those of the script's rows. */
export function checkRowColumns(
  scope: IConstruct,
  rowColumns: { [column: string]: string } | undefined,
): ResultColumns {
  const row = new Map(Object.entries(rowColumns ?? {}).map(([name, type]) => [name, checkColumn(scope, name, type)]));
  if (rowColumns && row.size === 0) {
    throw validationError(
      scope,
      'ResultsTableRow',
      'rowColumns must name a column at least; leave it out to have rows as JSON',
    );
  }
  const columns = new ResultColumns(row);
  if (columns.conflict) {
    const [one, other] = columns.conflict;
    throw validationError(
      scope,
      'ResultsTableRow',
      `rowColumns must not differ from other keys of the results in case alone; got "${other}" beside "${one}"`,
    );
  }
  return columns;
}

function checkColumn(scope: IConstruct, name: string, type: string): ColumnType {
  if (!isColumnName(name)) {
    throw validationError(
      scope,
      'ResultsTableRow',
      `a name in rowColumns must be letters, digits and underscores, and begin with no digit; got "${name}"`,
    );
  }
  const read = readColumnType(type);
  if (!read) {
    throw validationError(
      scope,
      'ResultsTableRow',
      `the type of "${name}" in rowColumns must be of ${COLUMN_TYPES}; got "${type}"`,
    );
  }
  return read;
}
