import { join } from 'node:path';

/** Where the Python environment is, and whatever else local runs make, below the working directory. */
export const LOCAL_FOLDER = '.agentcore';

/** What it takes to go on with a run, for each of the last ones. */
export const RUNS_FOLDER = join(LOCAL_FOLDER, 'runs');

/** The Python environment of sessions. */
export const PYTHON_FOLDER = join(LOCAL_FOLDER, 'python');
