import type { Cell } from '../page-data';

/** A cell of the table, as it is shown. */
export function cellText(cell: Cell | undefined, format: (value: number) => string): string {
  if (cell === null || cell === undefined) {
    return '';
  }
  if (typeof cell === 'number') {
    return format(cell);
  }
  if (typeof cell === 'boolean') {
    return cell ? 'yes' : 'no';
  }
  return cell;
}
