import type { Call } from '../call.ts';
import { readOptions } from '../options.ts';
import { literal, type Value } from '../value.ts';

const PROGRAM_SETTINGS =
  /^(?:core\.(?:sshcommand|editor|pager|fsmonitor|gitproxy)|alias\..+|diff\.external|.*\.(?:textconv|clean|smudge|process)|credential\.helper|sequence\.editor|gpg\.program|uploadpack\.packobjectshook)$/i;

/** A git setting, given with `-c` or `git config`, that switches a check off or has git run something. */
export function noteInsecureGit(call: Call, args: readonly Value[]): void {
  const [key, value] = readOptions(args, 'f file blob type').operands.filter((operand) => operand.text !== 'set');
  if (key === undefined || value === undefined) return;
  const name = key.text.toLowerCase();
  const text = value.text;
  if (/^http\.(?:.*\.)?sslverify$/.test(name) && /^(?:false|0|no|off)$/i.test(text))
    call.effect('disable-protection', { targetText: key.text, traits: ['unverified'] });
  else if (name === 'core.hookspath' && /^(?:\/dev\/null|)$/.test(text)) call.effect('disable-protection', { targetText: key.text });
  else if (name === 'credential.helper' && text === 'store') call.effect('disable-protection', { targetText: 'credential.helper store' });
  else if (PROGRAM_SETTINGS.test(name)) {
    const code = name.startsWith('alias.') && !text.startsWith('!') ? `git ${text}` : text.replace(/^!/, '');
    if (/\s/.test(code)) call.session.runText(literal(code), { ...call.how, depth: call.how.depth + 1 });
  }
}
