import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWindowsPath, windowsSpelling, withoutDrive } from '../../verifier/gates/shell/windowsPaths.ts';
import { exemptionPath } from '../../verifier/policy/exemptions.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { builtInGates } from '../policies/builtIn.ts';

const { gates } = await builtInGates();
const HERE = 'c:\\Users\\me\\project';
const WINDOWS = { workspaceRoots: [HERE], home: 'C:\\Users\\me' };
const UNIX = { workspaceRoots: ['/Users/me/project'], home: '/Users/me' };

const command = (text: string, language: string): Subject => ({ kind: 'command', text, language, cwd: HERE });
const rules = (subject: Subject, context = WINDOWS) => gates.assess(subject, context).findings.map(({ ruleId }) => ruleId);

describe('on a Windows machine', () => {
  for (const text of [
    'rm -rf build',
    'rm -rf .',
    'rm -rf src',
    'cd .. && rm -rf other',
    'rm -rf ~/x',
    'rm -rf ../../..',
    'git clean -fdx',
  ]) {
    it(`'${text}' in the workspace is what it is elsewhere`, () => {
      const there: Subject = { kind: 'command', text, language: 'shellscript', cwd: '/Users/me/project' };
      assert.deepEqual(rules(command(text, 'shellscript')), rules(there, UNIX));
    });
  }

  for (const [text, language, rule] of [
    ['Remove-Item -Recurse -Force C:\\Users\\me\\project\\src', 'powershell', 'destructive-operations.delete-folder'],
    ['Remove-Item -Recurse -Force c:\\users\\ME\\PROJECT', 'powershell', 'destructive-operations.delete-workspace'],
    ['Remove-Item -Recurse -Force c:\\users\\me', 'powershell', 'destructive-operations.delete-system-or-home'],
    ['rd /s /q c:\\windows', 'bat', 'destructive-operations.delete-system-or-home'],
    ['rd /s /q "C:\\PROGRAM FILES"', 'bat', 'destructive-operations.delete-system-or-home'],
    ['del /s /q C:\\Users\\me\\documents', 'bat', 'destructive-operations.delete-system-or-home'],
  ] as const) {
    it(`${text} is ${rule}, however it is spelt`, () => assert.deepEqual(rules(command(text, language)), [rule]));
  }

  it('a script is looked for on the drive that the command runs on, and found there', () => {
    const run = command('bash clean.sh && powershell -File D:\\tools\\x.ps1', 'shellscript');
    const { wanted } = gates.assess(run, WINDOWS);
    assert.equal(wanted?.[0], 'c:/Users/me/project/clean.sh');
    const scripts = [{ path: 'c:/Users/me/project/clean.sh', state: 'read', text: 'rm -rf /c/Users\nrm -rf /etc\n' }] as const;
    assert.equal(gates.assess(run, { ...WINDOWS, scripts }).verdict, 'block');
  });

  it('a tool’s file in the workspace is the project’s own, as path or URI', () => {
    for (const filePath of ['c:\\Users\\me\\project\\src\\a.ts', 'C:/users/me/project/src/a.ts', 'file:///c%3A/Users/me/project/src/a.ts'])
      assert.equal(
        gates.assess({ kind: 'tool', name: 'create_file', input: { filePath, content: 'export {};\n' } }, WINDOWS).verdict,
        'pass',
      );
    const outside = { filePath: 'c:\\Users\\me\\project\\.git\\hooks\\pre-commit', content: 'x\n' };
    assert.notEqual(gates.assess({ kind: 'tool', name: 'create_file', input: outside }, WINDOWS).verdict, 'pass');
  });

  it('a test’s file is one whatever the letter of its drive', () => {
    for (const path of ['C:\\Users\\me\\project\\test\\a.ts', 'c:/users/me/project/test/a.ts'])
      assert.equal(exemptionPath(path, [HERE]), 'test/a.ts');
    assert.equal(exemptionPath('/users/me/project/test/a.ts', ['/Users/me/project']), 'a.ts');
  });
});

describe('a path of Windows', () => {
  for (const [path, read] of [
    ['C:\\Users\\me', '/Users/me'],
    ['c:/Users/me', '/Users/me'],
    ['C:\\', '/'],
    ['C:', '/'],
    ['\\\\wsl$\\Ubuntu\\home', '/wsl$/Ubuntu/home'],
    ['/usr/bin', '/usr/bin'],
    ['a:b', 'a:b'],
    ['src\\a.ts', 'src\\a.ts'],
  ] as const) {
    it(`${path} is read as ${read}`, () => {
      assert.equal(withoutDrive(path), read);
      assert.equal(isWindowsPath(path), path !== read);
    });
  }

  it('is spelt as its folder is known', () => {
    assert.equal(windowsSpelling('/USERS/Me/Project/SRC/a.ts', ['/Users/me/project']), '/Users/me/project/SRC/a.ts');
    assert.equal(windowsSpelling('/windows/System32', []), '/Windows/System32');
    assert.equal(windowsSpelling('/users/you/documents/x', []), '/Users/you/Documents/x');
    assert.equal(windowsSpelling('/', []), '/');
  });
});
