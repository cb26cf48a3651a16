import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { basename } from 'node:path/posix';
import { Duration, Token } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct, IConstruct } from 'constructs';
import type { SetupSettings } from '../../contract/batch';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { requireSynthTimeValue } from '../base/synth-time-value';

/**
 * The setup of a batch's sessions: runs once in each session, before its first item.
 *
 * All items find the result in one folder, which `item.json` names as `shared`. Wheels in it (`*.whl`) are installed with
 * pip, without a network and without what they depend on, so that Python scripts can import them also in the network mode
 * `SANDBOX`.
 */
export interface SessionSetup {
  /**
   * A folder of this machine, uploaded as an asset, and unpacked into each session. At most 50 MB; what is larger goes into
   * `objects`.
   *
   * @default - none
   */
  readonly folder?: string;
  /**
   * The script in the folder that is run, in the shared folder: `.py` by Python, `.sh` by the shell, `.js` and `.ts` by Deno.
   * If it fails, the items of the session have failed as `SetupFailed`. It may run again in the same
   * session, where a call of the worker had to be repeated.
   *
   * @default - none
   */
  readonly script?: string;
  /**
   * Objects of the staging bucket that are put into the shared folder under their own names, and prefixes (`reference/`),
   * of which all objects are, with the path below the prefix. Each session fetches them from S3, up to 5 GB each, and 10,000
   * objects at most. Wheels are installed: anyone who may write these objects decides what runs in the sessions.
   *
   * @default - none
   */
  readonly objects?: string[];
  /**
   * How long all of it may take, 1 second to 13 minutes.
   *
   * @default Duration.minutes(5)
   */
  readonly timeout?: Duration;
}

/** Limits of the setup of a session. */
export const SETUP_LIMITS = {
  folderBytes: 50_000_000,
  objects: 20,
  timeout: { min: Duration.seconds(1), max: Duration.minutes(13), default: Duration.minutes(5) },
} as const;

const SCRIPT_EXTENSIONS = [...Object.keys(SCRIPT_LANGUAGES), '.sh'];

/** A setup that is bound to a stack. */
export interface BoundSessionSetup {
  readonly settings: SetupSettings;
  /** The files of the folder. */
  readonly asset?: Asset;
}

/** Checks a setup, and creates the asset of its folder in a scope, with the id `Setup`. */
export function bindSetup(scope: Construct, setup: SessionSetup): BoundSessionSetup {
  const { folder, script, objects = [], timeout = SETUP_LIMITS.timeout.default } = setup;
  requireDuration(scope, 'setup.timeout', timeout, SETUP_LIMITS.timeout);
  requireSynthTimeValue(scope, 'setup.folder', folder, 'synth reads the folder');
  requireSynthTimeValue(scope, 'setup.script', script, 'synth looks for the file');
  if (folder === undefined && objects.length === 0) {
    throw validationError(scope, 'SetupEmpty', 'setup needs a folder or objects: it has nothing to put into sessions');
  }
  checkObjects(scope, objects);
  if (folder !== undefined) {
    checkFolder(scope, folder);
  }
  checkScript(scope, folder, script);
  return {
    settings: { folder: folder !== undefined, script, objects, timeoutSeconds: timeout.toSeconds() },
    asset: folder === undefined ? undefined : new Asset(scope, 'Setup', { path: folder }),
  };
}

function checkFolder(scope: IConstruct, folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw validationError(scope, 'SetupFolder', `setup.folder "${folder}" is not a directory`);
  }
  const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, facts) => sum + (facts.isFile() ? facts.size : 0), 0);
  if (bytes > SETUP_LIMITS.folderBytes) {
    throw validationError(
      scope,
      'SetupFolderSize',
      `the files in setup.folder "${folder}" may have ${SETUP_LIMITS.folderBytes} bytes together; got ${bytes}: ` +
        'put the large ones into the staging bucket, and name them in setup.objects',
    );
  }
}

function checkScript(scope: IConstruct, folder: string | undefined, script: string | undefined): void {
  if (script === undefined) {
    return;
  }
  if (!SCRIPT_EXTENSIONS.includes(extname(script))) {
    throw validationError(
      scope,
      'SetupScript',
      `setup.script must end in one of ${SCRIPT_EXTENSIONS.join(', ')}; got "${script}"`,
    );
  }
  if (folder === undefined || !isFileIn(folder, script)) {
    throw validationError(
      scope,
      'SetupScript',
      `setup.script must be a file in setup.folder${folder === undefined ? '' : ` "${folder}"`}; got "${script}"`,
    );
  }
  if (script.endsWith('.sh') && readFileSync(join(folder, script)).includes('\r\n')) {
    throw validationError(
      scope,
      'SetupScriptLineEnds',
      `setup.script "${script}" has Windows line ends, with which the shell of a session fails at the first line; ` +
        'save it with Unix line ends (LF), and keep them with a line in .gitattributes: *.sh text eol=lf',
    );
  }
}

function isFileIn(folder: string, path: string): boolean {
  const within = !relative(folder, join(folder, path)).startsWith('..');
  return within && statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true;
}

function checkObjects(scope: IConstruct, objects: string[]): void {
  if (objects.length > SETUP_LIMITS.objects) {
    throw validationError(
      scope,
      'SetupObjects',
      `setup.objects may name ${SETUP_LIMITS.objects} objects or prefixes; got ${objects.length}`,
    );
  }
  const names = new Map<string, string>();
  for (const key of objects.filter((each) => !Token.isUnresolved(each))) {
    // A policy would take them for wildcards, or for its variables.
    if (key === '' || key.startsWith('/') || /[*?]|\$\{/.test(key)) {
      throw validationError(
        scope,
        'SetupObjects',
        `setup.objects must be keys, such as "reference/prices.parquet", or prefixes that end with "/"; got "${key}"`,
      );
    }
    const name = key.endsWith('/') ? key : basename(key);
    const other = names.get(name);
    if (other !== undefined) {
      throw validationError(
        scope,
        'SetupObjects',
        `setup.objects "${other}" and "${key}" would both be called "${name}"`,
      );
    }
    names.set(name, key);
  }
}
