/**
 * Numbers and times as people read them; used by the report's writer and by its page, so that a figure looks the same
 * wherever it stands. All times are UTC, all sizes in units of 1024.
 */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const dateTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const dayTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `1 item`, `2,000 items`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) {
    return '–';
  }
  if (seconds < 9.995) {
    return `${seconds.toFixed(2)} s`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `812 B`, `3.4 KB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** US dollars: to the cent from a cent on, below that with two significant digits. */
export function formatUsd(dollars: number): string {
  if (dollars > 0 && dollars < 0.000_001) {
    return 'less than $0.000001';
  }
  if (dollars > 0 && dollars < 0.01) {
    return `$${dollars.toLocaleString('en-US', { maximumSignificantDigits: 2 })}`;
  }
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** `22 Nov 2026, 14:03:05 UTC`; what is no time stays as it is. */
export function formatDateTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : `${dateTime.format(time)} UTC`;
}

/**
 * How to write moments of a span, in UTC: `14:03:05`, or `22 Nov, 14:03` if the span is not within one day, or
 * `14:03:05.2` if it is of seconds.
 */
export function momentFormat(from: number, to: number): (time: number) => string {
  const day = (time: number) => Math.floor(time / 86_400_000);
  if (to - from < SHORT_SPAN) {
    return (time) => new Date(time).toISOString().slice(11, 21);
  }
  if (day(from) === day(to)) {
    return (time) => new Date(time).toISOString().slice(11, 19);
  }
  return (time) => dayTime.format(time);
}

/**
 * How to write the figures of one column: with as many digits after the point as its values have, but not more than
 * its largest value needs for five significant ones, so that the points stand below each other.
 *
 * @param name of the column; years and identifiers are written without separators
 */
export function columnFormat(values: Iterable<number>, name = ''): (value: number) => string {
  let largest = 0;
  let digits = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      continue;
    }
    largest = Math.max(largest, Math.abs(value));
    if (digits < MAX_DIGITS) {
      digits = Math.max(digits, digitsAfterPoint(value));
    }
  }
  const needed = largest > 0 ? MAX_DIGITS - Math.floor(Math.log10(largest)) : 0;
  const fraction = Math.max(0, Math.min(digits, needed, MAX_DIGITS));
  const format = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
    useGrouping: !PLAIN_NAME.test(name),
  });
  return (value) => {
    const size = Math.abs(value);
    // Beyond these a row of zeros would say nothing.
    if (size >= 1e15 || (size > 0 && size < 0.5 * 10 ** -fraction)) {
      return value.toExponential(2);
    }
    return format.format(value);
  };
}

/** In milliseconds: a quarter of it is to differ from the next in its seconds. */
const SHORT_SPAN = 8_000;
const MAX_DIGITS = 4;
const PLAIN_NAME = /(^|[_ ])(year|id|zip|code)$/i;

function digitsAfterPoint(value: number): number {
  if (Number.isInteger(value)) {
    return 0;
  }
  const text = String(value);
  const point = text.indexOf('.');
  return point < 0 || text.includes('e') ? MAX_DIGITS : Math.min(MAX_DIGITS, text.length - point - 1);
}
