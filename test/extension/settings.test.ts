import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { readManifest } from '../../build/manifest.ts';
import { isGuarded } from '../../extension/core/saveScope.ts';
import { readSettings, SAVE_ACTION, Settings, saveHook } from '../../extension/core/settings.ts';

const Manifest = z.object({
  contributes: z.object({
    configuration: z.object({
      properties: z.record(z.string(), z.object({ default: z.unknown(), scope: z.string(), markdownDescription: z.string().min(20) })),
    }),
    configurationDefaults: z.object({ 'editor.codeActionsOnSave': z.record(z.string(), z.string()) }),
  }),
});
const manifest = Manifest.parse(readManifest());

/** `{a: {b: 1}}` as `{'x.a.b': 1}`. */
function flat(value: unknown, prefix: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [prefix]: value };
  return Object.assign({}, ...Object.entries(value).map(([name, inner]) => flat(inner, `${prefix}.${name}`)));
}

describe('settings', () => {
  it('are the same in the manifest and in the code, defaults included', () => {
    const declared = Object.fromEntries(
      Object.entries(manifest.contributes.configuration.properties).map(([name, { default: value }]) => [name, value]),
    );
    assert.deepEqual(declared, flat(Settings.parse({}), 'sentinelai'));
  });

  it('can none of them be changed by a workspace', () => {
    for (const [name, { scope }] of Object.entries(manifest.contributes.configuration.properties)) assert.equal(scope, 'machine', name);
  });

  it('make VS Code ask the guard on every save by default', () => {
    assert.deepEqual(manifest.contributes.configurationDefaults['editor.codeActionsOnSave'], { [SAVE_ACTION]: 'always' });
  });

  it('that are not valid fall back one by one, and are named', () => {
    const { settings, problems } = readSettings({ enabled: 'no', audit: { deadlineMs: 1, model: 'mine' }, save: { exclude: ['**/a', 7] } });
    assert.equal(settings.enabled, true);
    assert.equal(settings.audit.deadlineMs, 15_000);
    assert.equal(settings.audit.model, 'mine');
    assert.deepEqual(settings.save.exclude, Settings.parse({}).save.exclude);
    for (const name of ['enabled', 'audit.deadlineMs', 'save.exclude'])
      assert.ok(
        problems.some((problem) => problem.includes(`sentinelai.${name}`)),
        name,
      );
  });

  for (const raw of [undefined, null, 7, 'x', [], { audit: null }, { audit: 'x' }]) {
    it(`survive ${JSON.stringify(raw)}`, () => {
      assert.equal(readSettings(raw).settings.audit.enabled, true);
    });
  }
});

describe('whether VS Code asks on save', () => {
  for (const [value, expected] of [
    [{ 'source.sentinelai': 'always' }, 'always'],
    [{ 'source.sentinelai': 'always', 'source.fixAll': 'explicit' }, 'always'],
    [{ 'source.sentinelai': 'explicit' }, 'explicit-only'],
    [{ 'source.sentinelai': true }, 'explicit-only'],
    [{ 'source.sentinelai': 'never' }, 'off'],
    [{ 'source.sentinelai': false }, 'off'],
    [{}, 'off'],
    [[], 'off'],
    [['source.fixAll'], 'off'],
    [['source.sentinelai'], 'explicit-only'],
    [['source'], 'explicit-only'],
    [{ source: 'always', 'source.sentinelai': 'always' }, 'always'],
    [{ source: 'explicit', 'source.sentinelai': 'always' }, 'explicit-only'],
    [{ '': 'explicit', source: 'always', 'source.sentinelai': 'always' }, 'explicit-only'],
    [{ source: 'never', 'source.sentinelai': 'always' }, 'always'],
    [{ source: 'always', 'source.sentinelai': 'never' }, 'off'],
    [null, 'off'],
    [undefined, 'off'],
  ] as const) {
    it(`with ${JSON.stringify(value)}: ${expected}`, () => {
      assert.equal(saveHook(value), expected);
    });
  }
});

describe('which files are checked on save', () => {
  const { save } = Settings.parse({});
  for (const [path, guarded] of [
    ['/w/src/app.ts', true],
    ['/w/.env', true],
    ['/w/.github/workflows/ci.yml', true],
    ['C:\\w\\src\\app.ts', true],
    ['/w/Makefile', true],
    ['/w/package.json', true],
    ['/w/package-lock.json', false],
    ['/w/deep/er/yarn.lock', false],
    ['/w/dist/app.min.js', false],
    ['/w/node_modules/a/index.js', false],
    ['C:\\w\\node_modules\\a\\index.js', false],
    ['/w/.git/index', false],
    ['/w/.git/hooks/pre-commit', true],
    ['/w/.git/modules/a/hooks/post-checkout', true],
    ['/w/.git/hooks/pre-commit.sample', false],
    ['/w/my.git/hooks', true],
  ] as const) {
    it(`${path}: ${guarded ? 'checked' : 'not checked'}`, () => {
      assert.equal(isGuarded(path, save), guarded);
    });
  }

  for (const [platform, path, guarded] of [
    ['win32', 'C:\\Code\\SRC\\a.ts', true],
    ['win32', 'c:/code/src/A.TS', true],
    ['win32', 'c:\\code\\src\\Vendor\\a.ts', false],
    ['win32', 'c:\\code\\src\\.GIT\\HOOKS\\pre-commit', true],
    ['darwin', 'c:/CODE/src/a.ts', true],
    ['darwin', 'c:/code/src/VENDOR/a.ts', false],
    ['linux', 'c:/CODE/src/a.ts', false],
    ['linux', 'c:/code/src/VENDOR/a.ts', true],
  ] as const) {
    it(`${path} is ${guarded ? 'checked' : 'not checked'} on ${platform}, by globs in another spelling`, () => {
      assert.equal(isGuarded(path, { include: ['c:/code/src/**'], exclude: ['**/vendor/**', '**/.git/**'] }, platform), guarded);
    });
  }

  it('obeys a person who excludes the hooks of git by name', () => {
    assert.equal(isGuarded('/w/.git/hooks/x', { ...save, exclude: [...save.exclude, '**/.git/hooks/**'] }), false);
  });

  it('follows braces, question marks and stars within a name', () => {
    const only = (glob: string) => ({ include: [glob], exclude: [] });
    assert.equal(isGuarded('/w/a.ts', only('**/*.{js,ts}')), true);
    assert.equal(isGuarded('/w/a.css', only('**/*.{js,ts}')), false);
    assert.equal(isGuarded('/w/ab', only('/w/a?')), true);
    assert.equal(isGuarded('/w/x/ab', only('/w/*')), false);
    assert.equal(isGuarded('/w/x/y/z', only('/w/**/z')), true);
    assert.equal(isGuarded('/w/z', only('/w/**/z')), true);
  });

  it('is told in no time for a glob made to stall', () => {
    assert.equal(isGuarded(`/${'a'.repeat(4000)}`, { include: [`/${'*a'.repeat(200)}b`], exclude: [] }), false);
  });
});
