import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { bundleAll } from '../../build/bundle.ts';
import { type Cut, cutting } from './cutting.ts';
import { removeFolder } from './extensionFolder.ts';
import { GuardedWindow } from './guardedWindow.ts';
import { readSelfTest } from './selfTestReport.ts';

const pictures = join(import.meta.dirname, '../../test-output/self-test');

const PROMPT = 'A risky prompt to @sentinelai-guard';
const ANSWER = 'A dangerous code block in an answer';
const COMMAND = 'Gates: a destructive command';
const SAVES = ['Save by an extension or agent (document.save)', 'The Save command (as Ctrl+S)', 'Save All'];
const NOTEBOOK = 'Save of a notebook';
const FOUND = ['Save without Formatting', 'A write by another program'];
const TOOL = 'A destructive tool call on a guarded model';
const BOUND = 'A decision about other bytes than those assessed';
const DECISIONS = 'The decisions about what was held';
const LEDGER = 'The ledger';

interface Sabotage {
  readonly door: string;
  /** The lines that must fail: those and no others. */
  readonly fails: readonly string[];
  readonly cut: Cut;
}

const SABOTAGES: readonly Sabotage[] = [
  {
    door: 'the prompt',
    // What is not asked about is not decided either.
    fails: [PROMPT, DECISIONS, LEDGER],
    cut: {
      file: 'extension/core/guardPrompt.ts',
      replace: [
        [
          'let nonce: string | undefined = assessment.nonce;',
          'let nonce: string | undefined = assessment.nonce;\n    if (assessment.verdict !== "pass") return this.#converse(prompt, verifier, async () => undefined);',
        ],
      ],
    },
  },
  {
    door: 'the output',
    fails: [ANSWER],
    cut: {
      file: 'extension/core/guardPrompt.ts',
      replace: [['gate.push(chunk);', 'gate.push(chunk);\n        prompt.view.show(chunk);']],
    },
  },
  {
    door: 'the save',
    fails: [...SAVES, NOTEBOOK],
    cut: {
      file: 'extension/core/guardSave.ts',
      replace: [['if (!isGuarded(path, this.#parts.settings())) return true;', 'return true;']],
    },
  },
  {
    door: 'the look at what was written',
    fails: FOUND,
    cut: {
      file: 'extension/core/unassessedWrites.ts',
      replace: [['if (!isGuarded(path, this.#parts.settings())) return;', 'return;']],
    },
  },
  {
    door: 'the tool call',
    // The denial is on record, and came to nothing.
    fails: [TOOL, DECISIONS],
    cut: {
      file: 'extension/core/guardedCalls.ts',
      replace: [
        [
          'const verdicts: Verdict[] = [];',
          'if (calls) return { passed: calls.map(({ call }) => ({ call })), denied: [] };\n    const verdicts: Verdict[] = [];',
        ],
      ],
    },
  },
  {
    door: 'the decision',
    fails: [DECISIONS, LEDGER],
    cut: {
      file: 'extension/core/decide.ts',
      replace: [
        [
          'const receipt = await verifier.record({ assessmentId: assessment.id, nonce, subjectDigest: assessment.subjectDigest, decision });',
          "const receipt: Receipt = { seq: 0, hash: decision.choice.padEnd(64, nonce), chain: assessment.id, anchor: 'off' };",
        ],
      ],
    },
  },
  {
    door: 'the binding of decisions',
    fails: [BOUND],
    cut: {
      file: 'verifier/assessment/pending.ts',
      replace: [['if (item.subjectDigest !== subjectDigest) {', 'if (subjectDigest === "") {']],
    },
  },
  {
    door: 'the ledger',
    fails: [LEDGER],
    cut: { file: 'verifier/ledger/chainWriter.ts', replace: [['await this.#file.append(bytes);', '']] },
  },
];

describe('the self-test of a guard without', () => {
  for (const { door, fails, cut } of SABOTAGES) {
    it(`${door} fails at: ${fails.join(', ')}`, async () => {
      const dist = mkdtempSync(join(tmpdir(), 'sentinel-sabotage-'));
      try {
        await bundleAll({ into: dist, plugins: [cutting(cut)] });
        await using window = await GuardedWindow.open({ extension: dist });
        const lines = await readSelfTest(window, join(pictures, `without-${door.replaceAll(' ', '-')}.png`));
        assert.deepEqual(
          lines.filter(({ mark }) => mark === 'FAILED').map(({ what }) => what),
          fails,
        );
      } finally {
        removeFolder(dist);
      }
    });
  }
  it(`gates fails at: ${COMMAND}, first of all`, async () => {
    const dist = mkdtempSync(join(tmpdir(), 'sentinel-sabotage-'));
    try {
      const replace = [
        ['verdict: attached.reduce(', "verdict: 'pass', unused: attached.reduce("],
        ['...own.findings,', ''],
      ] as const;
      await bundleAll({ into: dist, plugins: [cutting({ file: 'verifier/assessment/gateLayer.ts', replace })] });
      await using window = await GuardedWindow.open({ extension: dist });
      const lines = await readSelfTest(window, join(pictures, 'without-gates.png'));
      assert.equal(lines.find(({ mark }) => mark === 'FAILED')?.what, COMMAND);
    } finally {
      removeFolder(dist);
    }
  });
});
