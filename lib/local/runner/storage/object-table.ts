import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What is known of an object, beside its content. */
export interface ObjectFacts {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly contentType: string;
  /** Whatever else the protocol keeps of it: headers, checksums, the bounds of parts. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Where an object's content is: in the table, in a file of the storage's own, or in a file of the user's. */
export type Place = { readonly body: Uint8Array } | { readonly file: string } | { readonly source: string };

interface Row {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modified: number;
  readonly type: string;
  readonly details: string;
  readonly body: Uint8Array | null;
  readonly file: string | null;
  readonly source: string | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, bytes INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
    type TEXT NOT NULL, details TEXT NOT NULL, body BLOB, file TEXT, source TEXT,
    PRIMARY KEY (bucket, key)
  );`;
const FACTS = 'key, bytes, etag, modified, type, details';
/** The last character there is: no key goes on with it. */
const LAST_CHARACTER = '\u{10FFFF}';

/** Another process has the table open. */
export class TableInUseError extends Error {}

/**
 * The objects of a storage, in SQLite: keys in the order of their bytes, as S3 lists them; what was written is there
 * after the process was killed. Open in one process at a time, which the kernel sees to: no lock outlives its process.
 */
export class ObjectTable {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** @param path a file; without one, the table is in memory */
  constructor(path = ':memory:') {
    // Not before it is needed: older versions of Node.js do not have it, or warn of it.
    const sqlite = process.getBuiltinModule('node:sqlite');
    this.database = new sqlite.DatabaseSync(path);
    try {
      // NORMAL: a write is not waited for until it is on the disk. After a power failure the last ones may be missing,
      // nothing else: their items run again.
      this.database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      this.database.exec('BEGIN EXCLUSIVE; COMMIT');
      this.database.exec(SCHEMA);
    } catch (error) {
      this.database.close();
      throw /locked|busy/i.test(String(error)) ? new TableInUseError(`${path} is in use by another process`) : error;
    }
  }

  addBucket(name: string): void {
    this.prepared('INSERT OR IGNORE INTO buckets VALUES (?, ?)').run(name, Date.now());
  }

  removeBucket(name: string): void {
    this.prepared('DELETE FROM buckets WHERE name = ?').run(name);
  }

  buckets(): { name: string; creationDate: Date }[] {
    const rows = this.prepared('SELECT name, created FROM buckets ORDER BY name').all();
    return rows.map(({ name, created }) => ({ name: String(name), creationDate: new Date(Number(created)) }));
  }

  hasBucket(name: string): boolean {
    return this.prepared('SELECT 1 FROM buckets WHERE name = ?').get(name) !== undefined;
  }

  put(bucket: string, facts: ObjectFacts, place: Place): void {
    const { key, bytes, etag, lastModified, contentType, details } = facts;
    const { body = null, file = null, source = null } = { ...place } as Partial<Row>;
    this.prepared('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      ...[bucket, key, bytes, etag, lastModified.getTime(), contentType, JSON.stringify(details), body, file, source],
    );
  }

  /** Many at once, or none: much faster than one by one. */
  transaction(write: () => void): void {
    this.database.exec('BEGIN');
    try {
      write();
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  facts(bucket: string, key: string): ObjectFacts | undefined {
    const row = this.prepared(`SELECT ${FACTS} FROM objects WHERE bucket = ? AND key = ?`).get(bucket, key);
    return row && factsOf(row as unknown as Row);
  }

  place(bucket: string, key: string): Place | undefined {
    const row = this.prepared('SELECT body, file, source FROM objects WHERE bucket = ? AND key = ?').get(bucket, key);
    return row && placeOf(row as unknown as Row);
  }

  remove(bucket: string, key: string): void {
    this.prepared('DELETE FROM objects WHERE bucket = ? AND key = ?').run(bucket, key);
  }

  /** Objects below a prefix whose key comes after another, in the order of their keys. */
  list(bucket: string, prefix: string, after = '', most = -1): ObjectFacts[] {
    const query = `SELECT ${FACTS} FROM objects WHERE bucket = ? AND key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`;
    const rows = this.prepared(query).all(bucket, prefix, `${prefix}${LAST_CHARACTER}`, after, most);
    return rows.map((row) => factsOf(row as unknown as Row));
  }

  /** The names of the storage's own files that an object is in. */
  files(): Set<string> {
    const rows = this.prepared('SELECT file FROM objects WHERE file IS NOT NULL').all();
    return new Set(rows.map(({ file }) => String(file)));
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private prepared(sql: string): StatementSync {
    const statement = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

function factsOf({ key, bytes, etag, modified, type, details }: Row): ObjectFacts {
  return { key, bytes, etag, lastModified: new Date(modified), contentType: type, details: JSON.parse(details) };
}

function placeOf({ body, file, source }: Row): Place {
  if (source !== null) {
    return { source };
  }
  return file === null ? { body: body ?? new Uint8Array() } : { file };
}
