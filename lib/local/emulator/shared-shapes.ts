import type { Checker, Fields } from './validation';

/** AWS API model: `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}`, written so that no input makes it slow. */
export const ClientTokenPattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;

const SECRET_ARN = /^arn:aws(-[a-z-]+)?:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[a-zA-Z0-9/_+=.@-]+$/;
const MOUNT_PATH = /^\/mnt\/[a-zA-Z0-9._-]+\/?$/;

/** Certificates are checked and given back, not installed: what they are for cannot be reached from here. */
export function checkCertificates(given: unknown, check: Checker): unknown[] | undefined {
  return check.list(given, 'certificates', { min: 1, max: 200 })?.map((certificate, index) => {
    const name = `certificates.${index + 1}.member`;
    const fields = member(certificate, name, check);
    const location = member(fields.location, `${name}.location`, check);
    const secret = member(location.secretsManager, `${name}.location.secretsManager`, check);
    const arnName = `${name}.location.secretsManager.secretArn`;
    check.required(check.string(secret.secretArn, arnName, { pattern: SECRET_ARN }), secret.secretArn, arnName);
    return certificate;
  });
}

/** File systems are checked and given back, not mounted. */
export function checkFileSystems(given: unknown, check: Checker): unknown[] | undefined {
  return check.list(given, 'filesystemConfigurations', { max: 10 })?.map((configuration, index) => {
    const name = `filesystemConfigurations.${index + 1}.member`;
    const fields = member(configuration, name, check);
    const kinds = ['s3FilesConfiguration', 'efsConfiguration'].filter(
      (kind) => (fields[kind] ?? undefined) !== undefined,
    );
    if (kinds.length !== 1) {
      check.fail(name, 'Member must have exactly one of s3FilesConfiguration and efsConfiguration');
    }
    for (const kind of kinds) {
      checkFileSystem(member(fields[kind], `${name}.${kind}`, check), `${name}.${kind}`, check);
    }
    return configuration;
  });
}

function checkFileSystem(fields: Fields, name: string, check: Checker): void {
  for (const arn of ['accessPointArn', 'fileSystemArn']) {
    check.required(
      check.string(fields[arn], `${name}.${arn}`, { max: 256, pattern: /^arn:aws/ }),
      fields[arn],
      `${name}.${arn}`,
    );
  }
  const path = `${name}.mountPath`;
  check.required(
    check.string(fields.mountPath, path, { min: 6, max: 200, pattern: MOUNT_PATH }),
    fields.mountPath,
    path,
  );
}

function member(given: unknown, name: string, check: Checker): Fields {
  return check.required(check.object(given, name), given, name) ?? {};
}
