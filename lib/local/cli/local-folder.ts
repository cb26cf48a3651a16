/** Where the Python environment is, and whatever else local runs make, below the working directory. */
export const LOCAL_FOLDER = '.agentcore';
