import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Assessor } from '../../verifier/assessment/assessor.ts';
import { VerdictCache } from '../../verifier/assessment/cache.ts';
import { PendingRegister } from '../../verifier/assessment/pending.ts';
import { assessWithScripts } from '../../verifier/assessment/scripts.ts';
import { readScript } from '../../verifier/assessment/scriptsOnDisk.ts';
import { Session } from '../../verifier/assessment/session.ts';
import { createInProcessGates } from '../../verifier/gates/inProcess.ts';
import { templateValue } from '../../verifier/policy/templates.ts';
import { Assessment } from '../../verifier/protocol/assessment.ts';
import { sha256 } from '../../verifier/protocol/digest.ts';
import type { Subject } from '../../verifier/protocol/subject.ts';
import { newWorkspace, write } from './scriptFixtures.ts';
import { ask, MemoryLedger, PERSON, SaidAuditor } from './standIns.ts';

const { parent, root } = newWorkspace();
const gates = await createInProcessGates({ builtIn: join(import.meta.dirname, '../../policies'), workspace: [] });
const context = { workspaceRoots: [root], home: '/home/dev' };
after(async () => {
  await gates.close();
  rmSync(parent, { recursive: true, force: true });
});

const token = templateValue('github-token') ?? '';
await write(root, {
  'scripts/clean.sh': '#!/bin/bash\nset -e\ncd "$(dirname "$0")/.."\n# clean up\nrm -rf src\n',
  'scripts/outer.sh': '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\nsh "$(dirname "$0")/clean.sh"\n',
  'scripts/lib.sh': 'say() { echo "$1"; }\n',
  'scripts/argument.sh': '#!/bin/sh\nrm -rf "$1"\n',
  'scripts/build.sh': '#!/bin/sh\nROOT=$(cd "$(dirname "$0")/.." && pwd)\nrm -rf "$ROOT/dist"\nmkdir -p "$ROOT/dist"\n',
  'scripts/key.sh': `#!/bin/sh\nTOKEN=${token}\necho "$TOKEN" > .token\n`,
  'scripts/loop.sh': '#!/bin/sh\nsh scripts/loop.sh\n"$0"\n',
  'scripts/self': '#!./scripts/self\n',
  'bin/task': '#!/usr/bin/env python3\nimport shutil\nshutil.rmtree("src")\n',
  'tidy.py': 'import os, shutil\n\nshutil.rmtree(os.path.join("a", "b"))\nshutil.rmtree("src")\n',
  'bundle.js': 'fs.rmSync(path.join(root, "out"), { recursive: true });\nfs.rmSync("dist", { recursive: true });\n',
  'help.js': 'console.log(`rm -rf /`);\n/rm -rf \\//.exec("rm -rf src");\n',
  'tidy.rb': 'puts 1\n`rm -rf src`\n',
  'scratch.sh': '#!/bin/sh\nwork=$(mktemp -d)\ntrap \'rm -rf "$work"\' EXIT\nrm -rf "$work"\n',
  'evil.js': 'const cp = require("child_process");\ncp.execSync("rm -rf /");\n',
  'clean.ps1': 'Write-Host hi\r\nRemove-Item -Recurse -Force C:\\Windows\r\n',
  'package.json': JSON.stringify({
    scripts: { clean: 'sh scripts/clean.sh', prebuild: 'rm -rf src', build: 'tsc', test: 'node --test', args: 'sh scripts/argument.sh' },
  }),
  'web/app.ts': 'export {};\n',
  Makefile: 'SRC = src\nall: build\n\t@echo ok\nbuild:\n\tmkdir -p out\nclean: build\n\trm -rf $(SRC)\ndistclean:\n\t$(MAKE) clean\n',
  'quiet.sh': '#!/bin/sh\nnpm test\n',
});

async function judge(subject: Subject) {
  const { answer, scripts } = await assessWithScripts(gates, subject, context);
  return { ...answer, scripts, said: answer.findings.map(({ ruleId, message }) => `${ruleId} ${message}`).join('\n') };
}
const command = (text: string, cwd = root) => judge({ kind: 'command', text, cwd });

describe('a command that runs a script is held for what the script does', () => {
  const clean = `In ${join(root, 'scripts/clean.sh')} line 5:`;
  const rows: readonly (readonly [string, string])[] = [
    ['bash scripts/clean.sh', clean],
    ['./scripts/clean.sh', clean],
    ['cd scripts && ./clean.sh', clean],
    ['sudo -E env A=1 sh -x scripts/clean.sh', clean],
    ['source scripts/clean.sh', clean],
    ['. ./scripts/clean.sh', clean],
    ['bash < scripts/clean.sh', clean],
    ['cat scripts/clean.sh | sh', clean],
    ['cp scripts/clean.sh /tmp/x.sh && sh /tmp/x.sh', clean],
    ["sh -c './scripts/clean.sh'", clean],
    ['echo scripts/clean.sh | xargs sh', clean],
    ['nohup timeout 10 bash scripts/clean.sh &', clean],
    ['sh scripts/outer.sh', clean],
    ['npm run clean', clean],
    ['yarn clean', clean],
    ['pnpm run clean', clean],
    ['npm run build', `In ${join(root, 'package.json')} line 1:`],
    ['npm run args -- src', `In ${join(root, 'scripts/argument.sh')} line 2:`],
    ['sh scripts/argument.sh src', `In ${join(root, 'scripts/argument.sh')} line 2:`],
    ['make clean', `In ${join(root, 'Makefile')} line 7:`],
    ['make distclean', `In ${join(root, 'Makefile')} line 7:`],
    ['python3 tidy.py', `In ${join(root, 'tidy.py')} line 4:`],
    ['bin/task', `In ${join(root, 'bin/task')} line 3:`],
    ['ruby tidy.rb', `In ${join(root, 'tidy.rb')} line 2:`],
    ['node evil.js', `In ${join(root, 'evil.js')} line 2:`],
    ['pwsh -File clean.ps1', `In ${join(root, 'clean.ps1')} line 2:`],
    ['bash scripts/key.sh', `In ${join(root, 'scripts/key.sh')} line 2:`],
  ];
  for (const [text, place] of rows) {
    it(text, async () => {
      const { verdict, said } = await command(text);
      assert.notEqual(verdict, 'pass');
      assert.ok(said.includes(place), said);
    });
  }

  it('from a folder below the manifest', async () => assert.ok((await command('npm run clean', join(root, 'web'))).said.includes(clean)));
  it('as a tool call, in the folder that the call says', async () => {
    const { said } = await judge({ kind: 'tool', name: 'run_in_terminal', input: { command: './clean.sh', cwd: join(root, 'scripts') } });
    assert.ok(said.includes(clean), said);
  });
  it('as a tool call that says no folder, in the workspace', async () => {
    const { said } = await judge({ kind: 'tool', name: 'run_in_terminal', input: { command: 'sh scripts/clean.sh' } });
    assert.ok(said.includes(clean), said);
  });
  it('without a credential of it in the answer', async () => {
    const { findings } = await command('bash scripts/key.sh');
    assert.ok(findings.some(({ policy }) => policy === 'secrets'));
    assert.ok(!JSON.stringify(findings).includes(token));
  });
});

describe('no question is asked about', () => {
  const rows = [
    'npm test',
    'npm test -- --watch',
    'npm run nothing-of-that-name',
    'npm ci',
    'make',
    'make build',
    'make -n clean',
    'make -C nowhere clean',
    'sh scripts/build.sh',
    './scripts/build.sh --fast',
    'node bundle.js',
    'node help.js',
    'sh scratch.sh',
    'python3 -m pytest',
    'sh quiet.sh',
    'cat scripts/clean.sh',
    'ls -l scripts/clean.sh && wc -l scripts/clean.sh',
    'chmod +x scripts/clean.sh',
    'git add scripts/clean.sh',
    'sh scripts/argument.sh dist',
    'sh scripts/loop.sh',
    './scripts/self',
    'bash not-there.sh',
    'ssh build.example.com sh scripts/clean.sh',
    'source ~/.nvm/nvm.sh && nvm use',
  ];
  for (const text of rows) {
    it(text, async () => {
      const { verdict, said } = await command(text);
      assert.equal(verdict, 'pass', said);
    });
  }

  it('a project without a manifest', async () => {
    const bare = join(parent, 'bare');
    await mkdir(bare);
    assert.equal((await command('npm test && npm run build', bare)).verdict, 'pass');
  });
});

describe('a script that cannot be examined', () => {
  it('is held where a tool would run it and it is not there', async () => {
    const { verdict, said } = await judge({ kind: 'tool', name: 'run_in_terminal', input: { command: 'bash not-there.sh' } });
    assert.equal(verdict, 'review', said);
  });
  it('is held where it is larger than is examined', async () => {
    await writeFile(join(root, 'large.sh'), `#!/bin/sh\n${'# padding\n'.repeat(120_000)}rm -rf /\n`);
    assert.equal((await command('sh large.sh')).verdict, 'review');
  });
  it('is held where it is a pipe or a device, and nobody waits for that', async () => {
    assert.equal((await readScript('/dev/null')).state, process.platform === 'win32' ? 'missing' : 'special');
  });
  it('is held where scripts run scripts too deeply', async () => {
    const files = Array.from({ length: 9 }, (_, at) => [`deep/${at}.sh`, at === 8 ? 'rm -rf /\n' : `sh deep/${at + 1}.sh\n`]);
    await write(root, Object.fromEntries(files));
    assert.notEqual((await command('sh deep/0.sh')).verdict, 'pass');
  });
  it('is no program: that is not read as text', async () => {
    await writeFile(join(root, 'app'), Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00', 'latin1'), Buffer.from('\nrm -rf /\n')]));
    await chmod(join(root, 'app'), 0o755);
    assert.equal((await command('./app')).verdict, 'pass');
  });
  it('is found behind a symbolic link', async () => {
    await symlink(join(root, 'scripts/argument.sh'), join(root, 'linked.sh'));
    assert.equal((await command('sh linked.sh src')).verdict, 'review');
  });
});

describe('the verdict', () => {
  const auditor = new SaidAuditor();
  const ledger = new MemoryLedger();
  const register = new PendingRegister(() => Date.now());
  const session = new Session({
    ledger,
    person: PERSON,
    audit: { state: 'on', model: 'stand-in' },
    pending: () => register.waiting().length,
  });
  const assessor = new Assessor({
    session,
    register,
    cache: new VerdictCache(1024 * 1024),
    gates,
    audit: { auditor: async () => auditor, offBecause: 'off' },
    context,
    onError: (error) => assert.fail(String(error)),
  });
  const subject: Subject = { kind: 'command', text: 'sh turn.sh', cwd: root };

  it('is not given again for other contents, and names what it was given for', async () => {
    await session.open(gates.policies());
    await write(root, { 'turn.sh': 'echo one\n' });
    const first = Assessment.parse(await assessor.assess(ask({ subject })));
    assert.equal(first.verdict, 'pass');
    assert.deepEqual(first.scripts, [{ path: join(root, 'turn.sh'), digest: sha256('echo one\n') }]);
    const again = await assessor.assess(ask({ subject }));
    assert.ok(again.cached && again.inputsDigest === first.inputsDigest);
    await write(root, { 'turn.sh': 'rm -rf src\n' });
    const turned = await assessor.assess(ask({ subject }));
    assert.deepEqual([turned.cached, turned.verdict], [false, 'review']);
    assert.notEqual(turned.inputsDigest, first.inputsDigest);
  });

  it('is not given again for a script that was missing and is there now', async () => {
    const late: Subject = { kind: 'command', text: 'sh late.sh', cwd: root };
    assert.equal((await assessor.assess(ask({ subject: late }))).verdict, 'pass');
    await write(root, { 'late.sh': 'rm -rf src\n' });
    assert.equal((await assessor.assess(ask({ subject: late }))).verdict, 'review');
  });

  it('lets the auditor read the script, without its credentials', async () => {
    await assessor.assess(ask({ subject: { kind: 'command', text: 'sh scripts/key.sh', cwd: root } }));
    const shown = (): string | undefined => auditor.asked.find(({ text }) => text.startsWith('sh scripts/key.sh'))?.text;
    // A block by the gates does not wait for the audit.
    while (shown() === undefined) await new Promise(setImmediate);
    assert.ok(shown()?.includes('[script that it runs:') && shown()?.includes('echo "$TOKEN" >'), shown());
    assert.ok(!shown()?.includes(token));
  });

  it('of a command that runs no script asks the gates once and names none', async () => {
    let asked = 0;
    const counting = {
      assess: (...of: Parameters<typeof gates.assess>) => {
        asked += 1;
        return gates.assess(...of);
      },
    };
    const { scripts } = await assessWithScripts(counting, { kind: 'command', text: 'git status', cwd: root }, context);
    assert.deepEqual([asked, scripts], [1, []]);
  });
});
