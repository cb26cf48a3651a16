// Folders that are gone for certain, whatever an item made of them.

/** Removes a file or folder, also one whose rights were taken away. */
export async function remove(path) {
  const attempts = [
    () => Deno.remove(path, { recursive: true }),
    () => giveRights(path),
    () => command('rm', '-rf', '--', path),
  ];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        return;
      }
    }
    if (!(await exists(path))) {
      return;
    }
  }
  throw new Error(`${path} cannot be removed`);
}

export async function isFolder(path) {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** What stands there, without following a link; undefined if nothing does. */
export async function lookAt(path) {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return undefined;
    }
    throw error;
  }
}

async function exists(path) {
  return (await lookAt(path)) !== undefined;
}

async function giveRights(path) {
  await command('chmod', '-R', 'u+rwx', '--', path);
  await Deno.remove(path, { recursive: true });
}

async function command(program, ...args) {
  await new Deno.Command(program, { args, stdin: 'null', stdout: 'null', stderr: 'null' }).output();
}
