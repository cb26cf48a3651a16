import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { JsonObject } from '../../contract/json';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import { validationError } from '../base/construct-validation';
import { requireSynthTimeValue } from '../base/synth-time-value';

/** Options of a script. */
export interface AnalysisScriptProps {
  /**
   * The `parameters` in the script's `item.json`: any JSON values. Parameters of an execution override these.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: unknown };
}

/** A script that is bound to a stack. */
export interface BoundAnalysisScript {
  /** The file name. */
  readonly name: string;
  /** `python`, `javascript` or `typescript`. */
  readonly language: string;
  /** The script's own parameters. */
  readonly parameters: { [name: string]: unknown };
  /** The uploaded file. */
  readonly asset: Asset;
}

/**
 * The script that a batch runs on each of its items: Python, or JavaScript and TypeScript, which run in Deno.
 *
 * It finds the item's input in its working directory, beside an `item.json` that names it, and leaves its results in the
 * folder `output`.
 *
 * @see https://github.com/cdk-agentcore-code-interpreter/cdk-agentcore-code-interpreter/blob/main/docs/scripts.md
 */
export class AnalysisScript {
  /**
   * A file of this machine, uploaded as an asset.
   *
   * @param path ends in `.py`, `.js`, `.mjs`, `.ts` or `.mts`
   */
  public static fromAsset(path: string, props: AnalysisScriptProps = {}): AnalysisScript {
    return new AnalysisScript(path, props);
  }

  private constructor(
    private readonly path: string,
    private readonly props: AnalysisScriptProps,
  ) {}

  /**
   * Checks the file and creates the asset in a scope.
   *
   * @param id the id of the asset
   */
  public bind(scope: Construct, id = 'Script'): BoundAnalysisScript {
    requireSynthTimeValue(scope, 'the path of the script', this.path, 'synth reads the file');
    const language = SCRIPT_LANGUAGES[extname(this.path)];
    if (!language) {
      const extensions = Object.keys(SCRIPT_LANGUAGES).join(', ');
      throw validationError(
        scope,
        'ScriptExtension',
        `the extension of the script must be one of ${extensions}; got "${this.path}"`,
      );
    }
    if (!existsSync(this.path)) {
      throw validationError(scope, 'ScriptMissing', `the script "${this.path}" does not exist below ${process.cwd()}`);
    }
    if (!statSync(this.path).isFile()) {
      throw validationError(scope, 'ScriptNoFile', `the script "${this.path}" is not a file`);
    }
    return {
      name: basename(this.path),
      language,
      parameters: (this.props.parameters ?? {}) as JsonObject,
      asset: new Asset(scope, id, { path: this.path }),
    };
  }
}
