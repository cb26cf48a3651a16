import type { PrefixField } from '../../contract/batch-start';

/** Fills in the fields of a prefix such as `sales/{date}/`, in a time zone of the IANA database. */
export function fillPrefix(template: string, moment: Date, timeZone: string): string {
  const fields = fieldsOf(moment, timeZone);
  return template.replace(/\{([^{}]*)\}/g, (whole, name: string) => fields[name as PrefixField] ?? whole);
}

function fieldsOf(moment: Date, timeZone: string): Record<PrefixField, string> {
  // en-CA only for its digits: the parts are taken one by one. h23, or midnight would be hour 24.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const [yyyy, MM, dd] = [part('year').padStart(4, '0'), part('month'), part('day')];
  return { date: `${yyyy}-${MM}-${dd}`, yyyy, MM, dd, HH: part('hour'), mm: part('minute') };
}
