import { isDummyValue, isHandWritten } from '../../policy/dummy.ts';
import type { Secret } from '../../policy/facts.ts';
import { isWordUnit } from './shape.ts';

/** Base64 of what an account's number, a snowflake of 17 to 19 digits, begins with. */
export const DISCORD_STARTS = ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'] as const;

const FORM = /^[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}(?![A-Za-z\d_-])/;

const ABOUT = /discord|bot|token/i;

/** A bot's token: base64 of the account's number, a time, and a signature, apart by dots. */
export function discordTokenAt(text: string, at: number): Secret | undefined {
  // Two letters are seldom a beginning: the dots are looked at first.
  if (text.charAt(at + 24) !== '.' && text.charAt(at + 25) !== '.' && text.charAt(at + 26) !== '.') return undefined;
  if (at > 0 && isWordUnit(text.charCodeAt(at - 1))) return undefined;
  const value = FORM.exec(text.slice(at, at + 80))?.[0];
  if (value === undefined) return undefined;
  const account = Buffer.from(value.slice(0, value.indexOf('.')), 'base64url').toString('latin1');
  // Three parts with dots may be anything; that it is a token, its beginning proves or what is said of it.
  if (!/^\d{17,20}$/.test(account) && !ABOUT.test(text.slice(Math.max(0, at - 120), at))) return undefined;
  const dummy = isDummyValue(value) || isHandWritten(value);
  return { kind: 'chat-token', format: 'discord-bot-token', start: at, end: at + value.length, value, dummy };
}
