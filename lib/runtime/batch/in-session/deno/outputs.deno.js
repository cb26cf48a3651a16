// What an item leaves: the files in its output folder, and what has to be said of them.
import { lookAt } from './folders.deno.js';
import { LARGE } from './places.deno.js';

const MAX_FILES = 1000;
const MAX_FILE_BYTES = 5 * 1024 ** 3; // what S3 takes in one request
const MAX_LISTED = 5; // names in a message

export function warn(record, code, message) {
  record.warnings.push({ code, message });
}

/**
 * The contents of the output files. Large ones are moved to where they are uploaded from, one by one. What cannot be brought
 * back fails the item, with its name and the reason; the other files are kept.
 */
export async function takeFiles(record, folder, limits) {
  const { files, special, problems } = await filesBelow(folder);
  if (special.length > 0) {
    warn(record, 'SpecialFiles', `not kept, since they are no regular files: ${listed(special)}`);
  }
  const kept = files.filter((file) => {
    const problem = problemOf(file, limits.maxPathBytes);
    if (problem) {
      problems.push(`output/${shown(file.path)}: ${problem}`);
    }
    return !problem;
  });
  if (kept.length > MAX_FILES) {
    problems.push(
      `output/ has ${kept.length} files, more than the ${MAX_FILES} that an item may leave; write an archive instead`,
    );
  }
  const contents = [];
  let total = 0;
  for (const { path, size } of kept.slice(0, MAX_FILES)) {
    try {
      if (size > limits.largeBytes || total + size > limits.archiveBytes) {
        await setAside(path, `${folder}/${path}`);
        record.large = [...(record.large ?? []), { path, bytes: size }];
        continue;
      }
      const content = await read(`${folder}/${path}`);
      record.parts.push({ kind: 'file', path, bytes: content.length });
      contents.push(content);
      total += content.length;
    } catch (error) {
      problems.push(`output/${shown(path)}: it cannot be read: ${error.message}`);
    }
  }
  if (problems.length > 0 && !record.error) {
    record.error = { name: 'OutputUnreadable', message: listed(problems.sort()) };
  }
  return contents;
}

function problemOf({ path, size }, maxPathBytes) {
  const length = new TextEncoder().encode(path).length;
  if (length > maxPathBytes) {
    return `the path has ${length} bytes, more than the ${maxPathBytes} that its key in S3 has room for`;
  }
  return size > MAX_FILE_BYTES ? `it has ${size} bytes, more than the ${MAX_FILE_BYTES} of a single upload` : undefined;
}

async function read(path) {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
    await Deno.chmod(path, 0o600); // whoever takes rights away from a file does not mean it to be lost
    return Deno.readFile(path);
  }
}

async function setAside(path, source) {
  const target = `${LARGE}${path}`;
  await Deno.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
  await Deno.rename(source, target);
}

/** The regular files below a folder, sorted; what else there is; and what is wrong. Links are not followed. */
export async function filesBelow(folder) {
  const found = { files: [], special: [], problems: [] };
  const folders = [''];
  while (folders.length > 0) {
    const prefix = folders.pop();
    try {
      for await (const { name, isDirectory } of Deno.readDir(`${folder}/${prefix}`)) {
        const path = prefix + name;
        if (isDirectory) {
          folders.push(`${path}/`);
        } else {
          await sort(path, `${folder}/${path}`, found);
        }
      }
    } catch (error) {
      // Without its output folder, an item leaves nothing.
      if (!(error instanceof Deno.errors.NotFound && prefix === '')) {
        found.problems.push(`output/${shown(prefix)}: the folder cannot be read: ${error.message}`);
      }
    }
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  found.special.sort();
  return found;
}

async function sort(path, place, { files, special, problems }) {
  // Deno knows names as text: another character stands for what is not UTF-8, and the file is not found.
  const file = await lookAt(place);
  if (!file) {
    problems.push(`output/${shown(path)}: the name is not UTF-8`);
  } else if (file.isFile) {
    files.push({ path, size: file.size });
  } else {
    special.push(`output/${shown(path)} (${kindOf(file)})`);
  }
}

function kindOf(file) {
  if (file.isSymlink) {
    return 'link';
  }
  if (file.isFifo) {
    return 'named pipe';
  }
  if (file.isSocket) {
    return 'socket';
  }
  return file.isCharDevice || file.isBlockDevice ? 'device' : 'special file';
}

/** Files that the script left beside output/ are not results; the result warns of them. */
export async function warnOfFilesOutside(record, folder, own) {
  const outside = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!own.has(name)) {
        outside.push(shown(name));
      }
    }
  } catch {
    return; // the script has removed its folder
  }
  if (outside.length > 0) {
    warn(record, 'FilesOutsideOutput', `left outside output/, and not kept: ${listed(outside.sort())}`);
  }
}

function listed(names) {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A name as text that can be printed, and not too long. */
function shown(name) {
  const text = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => JSON.stringify(letter).slice(1, -1));
  return text.length <= 120 ? text : `${text.slice(0, 60)}...${text.slice(-50)}`;
}
