import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogueOf } from '../../verifier/policy/catalogue.ts';
import { loadPolicies } from '../../verifier/policy/load.ts';
import { PolicyCatalogue } from '../../verifier/protocol/policyCatalogue.ts';
import { builtInFolders } from '../policies/builtIn.ts';
import { folder, rulesYaml } from './policyTexts.ts';

function catalogue(folders: Parameters<typeof loadPolicies>[0]): PolicyCatalogue {
  const { set } = loadPolicies(folders);
  assert.ok(set !== undefined);
  return PolicyCatalogue.parse(catalogueOf(set));
}

test('each rule in force is listed with the file and line on which it stands', () => {
  const { policies } = catalogue([folder('words'), folder('more', {}, 'user')]);
  assert.deepEqual(
    policies.map(({ name, title, version, origin, folder: where, rules }) => [name, title, version, origin, where, rules.map((r) => r.id)]),
    [
      ['words', 'Policy of a test', 1, 'built-in', 'builtIn/words', ['words.forbidden-word']],
      ['more', 'Policy of a test', 1, 'user', 'user/more', ['more.forbidden-word']],
    ],
  );
  const [rule] = policies[0]?.rules ?? [];
  assert.equal(rule?.file, 'builtIn/words/rules.yaml');
  assert.match(rulesYaml().split('\n')[(rule?.line ?? 0) - 1] ?? '', /- id: forbidden-word/);
});

test('a rule is listed as tightened, and one that a workspace could not replace is listed once', () => {
  const tail = 'tighten:\n  - { rule: words.forbidden-word, verdict: block }\n';
  const { policies } = catalogue([
    folder('words'),
    folder('words', {}, 'workspace'),
    folder('strict', { 'rules.yaml': rulesYaml({ id: 'other-word' }, tail) }, 'workspace'),
  ]);
  assert.deepEqual(
    policies.map(({ name, origin, rules }) => [name, origin, rules.map(({ id, verdict }) => `${id} ${verdict}`)]),
    [
      ['words', 'built-in', ['words.forbidden-word block']],
      ['strict', 'workspace', ['strict.other-word review']],
      ['words', 'workspace', []],
    ],
  );
});

test('a rule is listed with its title and what catalogues call it', () => {
  const extra = "    title: A word\n    owasp: ['A03:2021']\n    attack: [T1059.004]\n    since: 1.2.3\n";
  const { policies } = catalogue([folder('words', { 'rules.yaml': rulesYaml({ extra }) }), folder('bare')]);
  const [bare, named] = policies.flatMap(({ rules }) => rules).map(({ title, owasp, attack, since }) => [title, owasp, attack, since]);
  assert.deepEqual(named, ['A word', ['A03:2021'], ['T1059.004'], '1.2.3']);
  assert.deepEqual(bare, [undefined, undefined, undefined, undefined]);
});

test('of the built-in rules all may be suppressed but those about secrets', () => {
  const { policies } = catalogue(builtInFolders());
  const rules = policies.flatMap((policy) => policy.rules);
  assert.ok(rules.length > 20);
  for (const { id, suppressible } of rules) assert.equal(suppressible, !id.startsWith('secrets.'), id);
});
