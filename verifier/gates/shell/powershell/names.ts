import type { Block } from './ast.ts';
import { NO_THING, type Thing, textThing, UNKNOWN_THING } from './things.ts';

/** Values that Windows and PowerShell themselves give names; obfuscated texts cut commands out of some of them. */
function given(home: string): [string, Thing][] {
  const profile = `C:${home}`;
  const texts: Record<string, string> = {
    true: 'True',
    false: 'False',
    home,
    pwd: '.',
    psscriptroot: '.',
    pshome: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0',
    shellid: 'Microsoft.PowerShell',
    verbosepreference: 'SilentlyContinue',
    profile: `${home}/Documents/WindowsPowerShell/Microsoft.PowerShell_profile.ps1`,
    'env:home': profile,
    'env:userprofile': profile,
    'env:homepath': home,
    'env:homedrive': '',
    'env:temp': 'C:\\Temp',
    'env:tmp': 'C:\\Temp',
    'env:windir': 'C:\\Windows',
    'env:systemroot': 'C:\\Windows',
    'env:systemdrive': 'C:',
    'env:programfiles': 'C:\\Program Files',
    'env:programfiles(x86)': 'C:\\Program Files (x86)',
    'env:programdata': 'C:\\ProgramData',
    'env:allusersprofile': 'C:\\ProgramData',
    'env:public': 'C:\\Users\\Public',
    'env:appdata': `${profile}/AppData/Roaming`,
    'env:localappdata': `${profile}/AppData/Local`,
    'env:comspec': 'C:\\WINDOWS\\system32\\cmd.exe',
  };
  return Object.entries(texts).map(([name, text]) => [name, textThing(text)]);
}

/** Variables, functions and aliases that a text has defined. Names are the same in any case. */
export class Names {
  readonly #variables: Map<string, Thing>;
  readonly functions = new Map<string, Block>();
  readonly aliases = new Map<string, string>();

  constructor(home: string) {
    this.#variables = new Map(given(home));
    this.#variables.set('null', NO_THING);
  }

  static #key(name: string): string {
    return name.toLowerCase().replace(/^(?:global|script|local|private|using|variable|workflow):/, '');
  }

  /** The value, or one that nobody knows where the text never set the name. */
  variable(name: string): Thing {
    return this.#variables.get(Names.#key(name)) ?? UNKNOWN_THING;
  }

  has(name: string): boolean {
    return this.#variables.has(Names.#key(name));
  }

  assign(name: string, value: Thing): void {
    const key = Names.#key(name);
    const code = key.startsWith('function:') ? value.block : undefined;
    if (code !== undefined) this.functions.set(key.slice(9), code);
    else if (key.startsWith('alias:')) this.aliases.set(key.slice(6), value.items[0]?.text ?? '');
    else this.#variables.set(key, value);
  }

  /** Names what a block is called with; gives back how to undo it. */
  bind(values: ReadonlyMap<string, Thing>): () => void {
    const before = [...values].map(([name]): [string, Thing | undefined] => [name, this.#variables.get(Names.#key(name))]);
    for (const [name, value] of values) this.assign(name, value);
    return () => {
      for (const [name, value] of before) {
        if (value === undefined) this.#variables.delete(Names.#key(name));
        else this.assign(name, value);
      }
    };
  }
}
