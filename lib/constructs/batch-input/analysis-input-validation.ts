import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { INPUT_LIMITS, MANIFEST_ENDING } from '../../contract/batch-input';
import { RUNS_PREFIX } from '../../contract/layout';
import { gridProblem } from '../../contract/parameter-grid';
import { validationError } from '../base/construct-validation';
import { checkPatterns } from '../base/pattern-validation';
import type { AnalysisInput } from './analysis-input';

const WITH_KEYS = 'what follows the prefix, such as "**/*.csv"';

/** Throws for the first value of a batch's input that cannot work. */
export function checkInput(scope: IConstruct, input: AnalysisInput): void {
  checkPrefix(scope, input.prefix);
  checkKeys(scope, input);
  checkManifest(scope, input);
  checkPatterns(scope, 'include', input.include, WITH_KEYS);
  checkPatterns(scope, 'exclude', input.exclude, WITH_KEYS);
  checkGrid(scope, input.grid);
  checkSize(scope, input);
}

/** Results lie below runs/: they must never become items. */
function checkPrefix(scope: IConstruct, prefix: string): void {
  if (Token.isUnresolved(prefix)) {
    return;
  }
  if (!/^[^/*][^*]*\/$/.test(prefix) || prefix.startsWith(RUNS_PREFIX)) {
    throw validationError(
      scope,
      'BatchPrefix',
      `the input's prefix must end with "/", not begin with "/" or "${RUNS_PREFIX}", and not contain "*", such as "incoming/"; got "${prefix}"`,
    );
  }
}

function checkKeys(scope: IConstruct, { keys, prefix }: AnalysisInput): void {
  const outside = keys.find((key) => isOutside(key, prefix));
  if (outside !== undefined) {
    throw validationError(scope, 'BatchItems', `item "${outside}" is outside of the input's prefix "${prefix}"`);
  }
}

function checkManifest(scope: IConstruct, { manifest, prefix }: AnalysisInput): void {
  if (manifest === undefined || Token.isUnresolved(manifest)) {
    return;
  }
  if (isOutside(manifest, prefix)) {
    throw validationError(
      scope,
      'BatchManifest',
      `manifest "${manifest}" is outside of the input's prefix "${prefix}"`,
    );
  }
  if (!MANIFEST_ENDING.test(manifest)) {
    throw validationError(
      scope,
      'BatchManifest',
      `the manifest must end in .json, .jsonl, .ndjson or .csv, or one of these and .gz; got "${manifest}"`,
    );
  }
}

function checkGrid(scope: IConstruct, grid: AnalysisInput['grid']): void {
  const problem = grid && gridProblem(grid);
  if (problem !== undefined) {
    throw validationError(scope, 'BatchGrid', `the input's grid cannot be run: ${problem}`);
  }
}

/** What does not fit into a Lambda's environment would fail at deployment, with a message that does not name the input. */
function checkSize(scope: IConstruct, input: AnalysisInput): void {
  const size = JSON.stringify(input._settings()).length;
  if (size > INPUT_LIMITS.settings) {
    throw validationError(
      scope,
      'BatchInputSize',
      `the input's keys, patterns and grid take ${size} characters as JSON, of at most ${INPUT_LIMITS.settings}: list the items in an object, with AnalysisInput.fromManifest()`,
    );
  }
}

function isOutside(key: string, prefix: string): boolean {
  return !Token.isUnresolved(key) && !Token.isUnresolved(prefix) && !key.startsWith(prefix);
}
