import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellFacts } from '../../../verifier/gates/shell/effects.ts';
import { loadShellGrammar } from '../../../verifier/gates/shell/grammar.ts';
import { fits, isGrave, linesOf, shown } from './fixture.ts';

const grammar = await loadShellGrammar();
const context = { workspaceRoots: ['/home/dev/project'], home: '/home/dev' };

describe('what a line of PowerShell or cmd does', () => {
  for (const { group: language, line } of linesOf('windows')) {
    const [wanted = '', text = ''] = line.split(' <- ');
    it(`${language}: ${text}`, () => {
      const { effects, limit } = shellFacts(grammar, `${text}\n`, context, language);
      assert.equal(limit, undefined);
      const found = effects.map(shown).join(' ') || 'nothing';
      if (wanted === 'nothing') assert.deepEqual(effects.filter(isGrave).map(shown), []);
      else
        assert.ok(
          effects.some((effect) => fits(effect, wanted)),
          `wanted ${wanted}, found ${found}`,
        );
    });
  }

  it('is also seen when it is started from a Unix shell', () => {
    const { effects } = shellFacts(grammar, "pwsh -Command 'Remove-Item -Recurse -Force $HOME'", context);
    assert.ok(effects.some((effect) => fits(effect, 'delete:home:recursive')));
  });
});
