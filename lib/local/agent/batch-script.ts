import type { ExecutedCode } from './answer-view';

/** The key of a row that has what the script printed, and how much of it. */
export const PRINTED = 'printed';
const PRINTED_CHARACTERS = 20_000;

export interface BatchScriptSource {
  readonly question: string;
  /** What the analysis calls its input. */
  readonly inputName: string;
  readonly steps: readonly ExecutedCode[];
}

/**
 * An analysis as a script of a batch: it takes any input under the name that the analysis knows, runs the steps as they are,
 * and leaves files and a row in `output`.
 */
export function batchScript({ question, inputName, steps }: BatchScriptSource): string {
  const outputs = [...new Set(steps.flatMap((step) => step.outputs))];
  return [
    `# Answers the question: ${oneLine(question)}`,
    '# Written by "agentcore-local agent --save-script". It is run once for each item of a batch: see "What a script sees".',
    'import glob as _glob',
    'import json as _json',
    'import os as _os',
    'import shutil as _shutil',
    'import sys as _sys',
    '',
    'with open("item.json", encoding="utf-8") as _file:',
    '    _item = _json.load(_file)',
    `_NAME = ${pythonString(inputName)}  # what the analysis calls its input`,
    `_OUTPUTS = ${pythonList(outputs)}`,
    'if _item["input"] != _NAME:',
    '    _shutil.copyfile(_item["input"], _NAME)',
    '',
    '',
    'class _Recorder:',
    '    """Standard output that remembers what was printed."""',
    '',
    '    def __init__(self, stream):',
    '        self._stream, self.text = stream, ""',
    '',
    '    def write(self, text):',
    '        self.text += text',
    '        return self._stream.write(text)',
    '',
    '    def __getattr__(self, name):',
    '        return getattr(self._stream, name)',
    '',
    '',
    '_recorder = _sys.stdout = _Recorder(_sys.stdout)',
    '',
    ...steps.flatMap(({ code, description }, index) => [
      `# --- Step ${index + 1}${description === undefined ? '' : `: ${oneLine(description)}`}`,
      code.trimEnd(),
      '',
    ]),
    '# --- What comes back',
    'for _pattern in _OUTPUTS:',
    '    for _path in _glob.glob(_pattern, recursive=True):',
    '        if _os.path.isfile(_path) and _os.path.relpath(_path).split(_os.sep)[0] != _item["output"]:',
    '            _target = _os.path.join(_item["output"], _os.path.relpath(_path))',
    '            _os.makedirs(_os.path.dirname(_target), exist_ok=True)',
    '            _shutil.move(_path, _target)',
    'if _item["input"] != _NAME:',
    '    _os.remove(_NAME)',
    'with open(_os.path.join(_item["output"], "result.json"), "w", encoding="utf-8") as _file:',
    `    _json.dump({${pythonString(PRINTED)}: _recorder.text[-${PRINTED_CHARACTERS}:]}, _file)`,
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function pythonList(values: readonly string[]): string {
  return `[${values.map(pythonString).join(', ')}]`;
}

/** JSON's strings are Python's, too. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
