import { existsSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { JsonObject } from '../../contract/json';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import { validationError } from '../base/construct-validation';

/** What goes with a script. */
export interface AnalysisScriptProps {
  /**
   * What the script finds as `parameters` in its `item.json`: anything that JSON can hold. An execution's own parameters
   * are laid over these.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: unknown };
}

/** What a script has become in a stack. */
export interface BoundAnalysisScript {
  /** The file name. */
  readonly name: string;
  /** `python`, `javascript` or `typescript`. */
  readonly language: string;
  /** The script's own parameters. */
  readonly parameters: { [name: string]: unknown };
  /** Where it is. */
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
   * Checks the file and makes the asset in a scope.
   *
   * @param id the asset's
   */
  public bind(scope: Construct, id = 'Script'): BoundAnalysisScript {
    const language = SCRIPT_LANGUAGES[extname(this.path)];
    if (!language) {
      const endings = Object.keys(SCRIPT_LANGUAGES).join(', ');
      throw validationError(scope, 'ScriptEnding', `the script must end in one of ${endings}; got "${this.path}"`);
    }
    if (!existsSync(this.path)) {
      throw validationError(scope, 'ScriptMissing', `the script "${this.path}" does not exist below ${process.cwd()}`);
    }
    if (!statSync(this.path).isFile()) {
      throw validationError(scope, 'ScriptNoFile', `the script must be a file; "${this.path}" is none`);
    }
    return {
      name: basename(this.path),
      language,
      parameters: (this.props.parameters ?? {}) as JsonObject,
      asset: new Asset(scope, id, { path: this.path }),
    };
  }
}
