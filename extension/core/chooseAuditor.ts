import { t } from '@vscode/l10n';
import { AUDIT_PROVIDERS, type AuditProvider, addressProblem, isLoopback } from '../../verifier/protocol/auditProviders.ts';
import type { AuditTrial, TrialReport } from '../../verifier/protocol/auditTrial.ts';
import { type AuditEndpoint, hostOf } from './auditEndpoint.ts';
import type { TrialRunner } from './auditTrial.ts';
import { visibleLine } from './dialogText.ts';
import type { Settings } from './settings.ts';

/** What a step came to besides an answer: one step back, or everything left as it was. */
export type Left = { readonly left: 'back' | 'cancel' };
export type Answer<T> = { readonly answer: T } | Left;

export interface Place {
  readonly title: string;
  readonly step: number;
  readonly steps: number;
}

export interface Choice<T> {
  readonly label: string;
  readonly detail?: string;
  readonly value: T;
}

/** The screens of a guided command. */
export interface GuideView {
  pick<T>(place: Place, prompt: string, choices: readonly Choice<T>[]): Promise<Answer<T>>;
  input(
    place: Place,
    options: { prompt: string; value: string; secret: boolean; problem: (value: string) => string | undefined },
  ): Promise<Answer<string>>;
  /** Shows that something runs. Where the person ends it, or it fails and that was said, it is a step back. */
  busy<T>(message: string, run: (signal: AbortSignal) => Promise<T>): Promise<Answer<T>>;
  /** A read-only text beside the question. */
  show(name: string, text: string): Promise<void>;
  consent(endpoint: AuditEndpoint): Promise<boolean>;
}

export interface ChooseParts {
  readonly view: GuideView;
  readonly trials: TrialRunner;
  readonly audit: () => Settings['audit'];
  readonly policies: () => AuditTrial['policies'];
  readonly known: (endpoint: Pick<AuditEndpoint, 'provider' | 'baseUrl'>) => Promise<string | undefined>;
  /** What was open at the start, for the preview alone. */
  readonly sample: AuditTrial['sample'];
}

/** What was chosen, tested and agreed to. */
export interface Chosen extends AuditEndpoint {
  /** Absent where none is needed. */
  readonly apiKey: string | undefined;
}

interface Draft extends Chosen {
  /** The server said that it wants a key. */
  readonly wantsKey: boolean;
}

type StepName = 'provider' | 'endpoint' | 'key' | 'model' | 'send' | 'result';
/** `instead`: without a question, so there is nothing to go back to. */
type Next = { readonly go: StepName; readonly draft: Draft; readonly instead?: boolean } | { readonly done: Chosen } | Left;

const STEPS: readonly StepName[] = ['provider', 'endpoint', 'key', 'model', 'send', 'result'];
const title = (): string => t('Choose and Test an Auditor');
/** A model of one's own may have to be loaded first: a test waits for that, even where a check would not. */
const TEST_DEADLINE_MS = 120_000;

interface Preset {
  readonly provider: AuditProvider;
  readonly baseUrl: string;
}
const presets = (): readonly Choice<Preset>[] => [
  {
    label: t('Ollama on this machine'),
    detail: t('Source does not leave the machine. No key.'),
    value: { provider: 'openai', baseUrl: AUDIT_PROVIDERS.openai.baseUrl },
  },
  {
    label: t('llama.cpp on this machine'),
    detail: t('llama-server, port 8080'),
    value: { provider: 'openai', baseUrl: 'http://127.0.0.1:8080/v1' },
  },
  { label: t('vLLM on this machine'), detail: t('Port 8000'), value: { provider: 'openai', baseUrl: 'http://127.0.0.1:8000/v1' } },
  {
    label: t('Google Gemini'),
    detail: t('A service: redacted content is sent to Google. Needs an API key.'),
    value: { provider: 'gemini', baseUrl: AUDIT_PROVIDERS.gemini.baseUrl },
  },
  {
    label: t('Another server with OpenAI’s chat completions'),
    detail: t('You give its address.'),
    value: { provider: 'openai', baseUrl: '' },
  },
];

/** Leads through choosing an auditor. Undefined where the person left; nothing has changed until it resolves. */
export async function chooseAuditor(parts: ChooseParts): Promise<Chosen | undefined> {
  const trail: { go: StepName; draft: Draft }[] = [];
  const start: Draft = { provider: 'openai', baseUrl: '', model: '', apiKey: undefined, wantsKey: false };
  let here: { go: StepName; draft: Draft } = { go: 'provider', draft: start };
  for (;;) {
    const next: Next = await RUN[here.go](parts, here.draft, placeOf(here.go));
    if ('done' in next) return next.done;
    if ('go' in next) {
      // A step that asks itself again is no step to go back to.
      if (next.go !== here.go && next.instead !== true) trail.push(here);
      here = next;
      continue;
    }
    const before = next.left === 'back' ? trail.pop() : undefined;
    if (before === undefined) return undefined;
    here = before;
  }
}

function placeOf(name: StepName): Place {
  return { title: title(), step: STEPS.indexOf(name) + 1, steps: STEPS.length };
}

type Step = (parts: ChooseParts, draft: Draft, place: Place) => Promise<Next>;

const RUN: Readonly<Record<StepName, Step>> = {
  async provider({ view }, draft, place) {
    const picked = await view.pick(place, t('Who should read what the gates can’t judge?'), presets());
    return 'left' in picked ? picked : { go: 'endpoint', draft: { ...draft, ...picked.answer, apiKey: undefined, wantsKey: false } };
  },

  async endpoint({ view, known }, draft, place) {
    const prompt = draft.provider === 'gemini' ? t('Address of the service') : t('Base address of the server; it usually ends in /v1');
    const given = await view.input(place, {
      prompt,
      value: draft.baseUrl,
      secret: false,
      problem: (value) => addressProblem(value.trim()),
    });
    if ('left' in given) return given;
    const baseUrl = given.answer.trim();
    const apiKey = await known({ provider: draft.provider, baseUrl });
    const asks = AUDIT_PROVIDERS[draft.provider].needsKey || !isLoopback(baseUrl);
    return { go: asks ? 'key' : 'model', draft: { ...draft, baseUrl, apiKey } };
  },

  async key({ view }, draft, place) {
    const required = AUDIT_PROVIDERS[draft.provider].needsKey || draft.wantsKey;
    const host = hostOf(draft.baseUrl);
    const prompt =
      draft.apiKey !== undefined
        ? t('API key for {0}. Leave it empty to keep the one that is stored.', host)
        : required
          ? t('API key for {0}.', host)
          : t('API key for {0}. Leave it empty where the server wants none.', host);
    const problem = (value: string) => (required && draft.apiKey === undefined && value.trim() === '' ? t('A key is needed.') : undefined);
    const given = await view.input(place, { prompt, value: '', secret: true, problem });
    return 'left' in given ? given : { go: 'model', draft: { ...draft, apiKey: given.answer.trim() || draft.apiKey } };
  },

  async model({ view, trials, audit }, draft, place) {
    const listed = await view.busy(t('Asking {0} for its models…', hostOf(draft.baseUrl)), (signal) =>
      trials.models(trialOf({ ...draft, model: draft.model || 'any' }, audit()), signal),
    );
    if ('left' in listed) return listed;
    const { answer } = listed;
    if ('why' in answer && /\bkey\b/i.test(answer.why) && !draft.wantsKey)
      return { go: 'key', draft: { ...draft, wantsKey: true }, instead: true };
    const models = 'models' in answer ? answer.models : [];
    const preferred = AUDIT_PROVIDERS[draft.provider].model;
    const ordered = models.includes(preferred) ? [preferred, ...models.filter((id) => id !== preferred)] : models;
    const prompt = 'why' in answer ? visibleLine(answer.why) : models.length > 0 ? t('Which model?') : t('The server has no model yet.');
    const picked = await view.pick<'again' | 'type' | { id: string }>(place, prompt, [
      ...ordered.map((id) => ({ label: id, ...(id === preferred ? { detail: t('Quick and inexpensive') } : {}), value: { id } })),
      { label: t('Type a model’s id…'), value: 'type' },
      { label: t('Ask the server again'), value: 'again' },
    ]);
    if ('left' in picked) return picked;
    if (picked.answer === 'again') return { go: 'model', draft };
    if (picked.answer !== 'type') return { go: 'send', draft: { ...draft, model: picked.answer.id } };
    const problem = (value: string) => (value.trim() === '' ? t('A model is needed.') : undefined);
    const typed = await view.input(place, { prompt: t('Model id'), value: draft.model || preferred, secret: false, problem });
    if ('left' in typed) return typed.left === 'back' ? { go: 'model', draft } : typed;
    return { go: 'send', draft: { ...draft, model: typed.answer.trim() } };
  },

  async send({ view, trials, audit, policies, sample }, draft, place) {
    const picked = await view.pick<'preview' | 'test'>(place, t('A request goes to {0}, model {1}', hostOf(draft.baseUrl), draft.model), [
      { label: t('Send a test request'), detail: t('A made-up example with the policies; nothing of yours.'), value: 'test' },
      {
        label: t('Show what is sent'),
        detail:
          sample === undefined
            ? t('The example, as it would be sent.')
            : t('{0}, as it would be sent. Nothing is sent now.', visibleLine(sample.name)),
        value: 'preview',
      },
    ]);
    if ('left' in picked) return picked;
    if (picked.answer === 'test') return { go: 'result', draft };
    const trial = { ...trialOf(draft, audit()), ...withPolicies(policies()), ...(sample === undefined ? {} : { sample }) };
    const made = await view.busy(t('Preparing the request…'), (signal) => trials.preview(trial, signal));
    if (!('left' in made)) {
      const { system, user } = made.answer;
      await view.show(
        t('What is sent'),
        `${t('The content, redacted:')}\n\n${user}\n\n${'='.repeat(72)}\n\n${t('The instruction, with the policies:')}\n\n${system}\n`,
      );
    }
    return { go: 'send', draft };
  },

  async result({ view, trials, audit, policies }, draft, place) {
    const tested = await view.busy(t('Waiting for {0}…', hostOf(draft.baseUrl)), (signal) =>
      trials.test({ ...trialOf(draft, audit()), ...withPolicies(policies()) }, signal),
    );
    if ('left' in tested) return tested;
    const report = tested.answer;
    const ran = report.state === 'ran';
    const picked = await view.pick<'use' | 'again'>(place, describeTrial(report, audit().deadlineMs), [
      ...(ran
        ? [{ label: t('Use {0}', draft.model), detail: t('You are asked once whether content may be sent there.'), value: 'use' as const }]
        : []),
      { label: t('Test again'), value: 'again' as const },
    ]);
    if ('left' in picked) return picked;
    if (picked.answer === 'again') return { go: 'result', draft };
    const { wantsKey: _asked, ...chosen } = draft;
    return (await view.consent(chosen)) ? { done: chosen } : { left: 'back' };
  },
};

/** The settings for a trial. The person has just asked for it, and it sends nothing of theirs. */
function trialOf({ provider, baseUrl, model, apiKey }: Chosen, { thinking }: Settings['audit']): AuditTrial {
  const audit = { provider, baseUrl, model, thinking, deadlineMs: TEST_DEADLINE_MS, dailyRequestCap: 1, consentedTo: baseUrl };
  return { audit: { ...audit, ...(apiKey === undefined ? {} : { apiKey }) } };
}

function withPolicies(policies: AuditTrial['policies']): Pick<AuditTrial, 'policies'> {
  return policies === undefined ? {} : { policies };
}

/** What came back, in one line. */
export function describeTrial({ state, ms, why, objected, message }: TrialReport, deadlineMs: number): string {
  if (state !== 'ran') return t('It failed after {0} ms. {1}', Math.round(ms), visibleLine(why ?? ''));
  const saw =
    objected === true
      ? t('It saw what is wrong with the example: {0}', visibleLine(message ?? ''))
      : t('It did not see what is wrong with the example; a more capable model would.');
  const late = ms > deadlineMs ? t('That is longer than a check waits (sentinelai.audit.deadlineMs is {0}).', deadlineMs) : '';
  return [t('It answered in {0} ms.', Math.round(ms)), late, saw].filter((sentence) => sentence !== '').join(' ');
}
