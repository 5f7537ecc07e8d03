const DRIVE = /^[A-Za-z]:(?=[\\/]|$)/;
const NETWORK = /^\\\\(?=[^\\])/;
/** Folders of a drive's root and of a user as Windows itself spells them; it takes any other spelling for the same. */
const FOLDERS = new Map(
  [
    'Windows',
    'Users',
    'Program Files',
    'Program Files (x86)',
    'ProgramData',
    'Documents',
    'Desktop',
    'Pictures',
    'Music',
    'Videos',
    'Downloads',
  ].map((name) => [name.toLowerCase(), name]),
);

/** `C:` of `C:\\Users`; empty where there is none. */
export function driveOf(path: string): string {
  return DRIVE.exec(path)?.[0] ?? '';
}

/** Whether a path is one of Windows: from a drive, or from another machine's share. */
export function isWindowsPath(path: string): boolean {
  return DRIVE.test(path) || NETWORK.test(path);
}

/**
 * A path as the analysis reads all paths, with slashes and from a root: `C:\Users\me` is `/Users/me`. Drives are not
 * told apart. What is no path of Windows stays as it is.
 */
export function withoutDrive(path: string): string {
  if (!isWindowsPath(path)) return path;
  return path.replace(DRIVE, '').replace(NETWORK, '/').replaceAll('\\', '/') || '/';
}

/**
 * A path of Windows, given as {@link withoutDrive} gives it, in the spelling by which it is known: that of one of the
 * `known` folders where it is in one, of Windows' own folders otherwise.
 */
export function windowsSpelling(path: string, known: readonly string[]): string {
  const lower = path.toLowerCase();
  const folder = known.find((one) => lower === one.toLowerCase() || lower.startsWith(`${one.toLowerCase()}/`)) ?? '';
  const [root = '', first, second, third, ...rest] = (folder + path.slice(folder.length)).split('/');
  if (root !== '' || first === undefined) return path;
  const spelt = (name: string) => FOLDERS.get(name.toLowerCase()) ?? name;
  const user = second === undefined ? [] : [second, ...(third === undefined ? [] : [spelt(third), ...rest])];
  return ['', spelt(first), ...user].join('/');
}
