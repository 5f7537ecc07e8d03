import type { Call, ProgramReader } from '../call.ts';
import { readOptions, valuesOf } from '../options.ts';
import { literal, NOTHING, UNKNOWN, type Value } from '../value.ts';

/** Statements that destroy without a filter. `sql` is lower case, comments and literals taken out. */
function destroys(statement: string): string | undefined {
  const words = statement.trim().split(/\s+/);
  const [first = '', second = '', third = ''] = words;
  if (first === 'drop')
    return /^(?:database|schema|table|user|role|tablespace|view|index|materialized|owned|keyspace|collection)$/.test(second)
      ? `drop ${second}`
      : undefined;
  if (first === 'truncate') return 'truncate';
  if (first === 'delete' && second === 'from' && third !== '' && unfiltered(words)) return 'delete without where';
  if (first === 'update' && words.includes('set') && unfiltered(words)) return 'update without where';
  if (first === 'alter' && second === 'table' && words.includes('drop')) return 'alter table drop';
  return undefined;
}

function unfiltered(words: readonly string[]): boolean {
  const at = words.indexOf('where');
  return at < 0 || /^(?:1\s*=\s*1|true|1)$/.test(words.slice(at + 1).join(' '));
}

/** Reads SQL, statement by statement. */
export function noteSql(call: Call, sql: string): void {
  const bare = stripSql(sql.slice(0, 64 * 1024)).toLowerCase();
  for (const statement of bare.split(';').slice(0, 500)) {
    const what = destroys(statement);
    if (what !== undefined)
      call.effect('destroy-data', {
        targetText: statement.trim().slice(0, 160),
        traits: ['unrecoverable', /database|schema|keyspace/.test(what) && 'all'],
      });
  }
}

/** Takes out comments and quoted text, so that words in them don't count. */
function stripSql(sql: string): string {
  let out = '';
  for (let at = 0; at < sql.length; at++) {
    const letter = sql.charAt(at);
    if (sql.startsWith('--', at) || (letter === '#' && /\s|^$/.test(out.slice(-1)))) {
      const end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length : end;
      out += ' ';
    } else if (sql.startsWith('/*', at)) {
      const end = sql.indexOf('*/', at + 2);
      at = end < 0 ? sql.length : end + 1;
      out += ' ';
    } else if (letter === "'") {
      const end = sql.indexOf("'", at + 1);
      at = end < 0 ? sql.length : end;
      out += ' _ ';
    } else out += letter;
  }
  return out;
}

/** Clients that take SQL by option, operand, here-document or pipe. */
function sqlClient(valued: string, optionNames: readonly string[], operandIsSql: boolean): ProgramReader {
  return (call) => {
    const options = readOptions(call.args, valued);
    for (const value of valuesOf(options, ...optionNames)) noteSql(call, value.text);
    if (operandIsSql) for (const operand of options.operands.slice(1)) noteSql(call, operand.text);
    if (call.input !== undefined) noteSql(call, call.input.text);
    for (const file of valuesOf(options, 'f', 'file')) noteSql(call, call.session.scope.written(file.text)?.text ?? '');
    return UNKNOWN;
  };
}

const psql = sqlClient('c d f h p U v P L o command dbname file host port username set output log-file', ['c', 'command'], false);
const mysql = sqlClient('e u h P D S execute user host port database socket', ['e', 'execute'], false);

/** `dropdb name`, `dropuser name`. */
const drops: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'h p U host port username maintenance-db');
  call.effect('destroy-data', { targetText: operands[0]?.text ?? '', traits: ['unrecoverable', call.program === 'dropdb' && 'all'] });
  return NOTHING;
};

const mysqladmin: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'u h P S user host port password');
  const verb = operands[0]?.text;
  if (verb === 'drop') call.effect('destroy-data', { targetText: operands[1]?.text ?? '', traits: ['unrecoverable', 'all'] });
  else if (verb === 'shutdown') call.effect('shut-down', { targetText: 'mysql' });
  return NOTHING;
};

const MONGO =
  /\.dropDatabase\s*\(|\.drop(?:Indexes|Users?|AllUsersFromDatabase)?\s*\(|\.(?:deleteMany|remove|deleteOne)\s*\(\s*(?:\{\s*\}|\))/;
const mongo: ProgramReader = (call) => {
  const options = readOptions(call.args, 'eval u p host port authenticationDatabase');
  const texts: readonly Value[] = [...valuesOf(options, 'eval'), call.input ?? literal('')];
  for (const { text } of texts) {
    const match = MONGO.exec(text.slice(0, 16 * 1024));
    if (match !== null)
      call.effect('destroy-data', { targetText: match[0], traits: ['unrecoverable', /dropDatabase/.test(match[0]) && 'all'] });
  }
  return UNKNOWN;
};

const redis: ProgramReader = (call) => {
  const { operands } = readOptions(call.args, 'h p a n u s user pass cacert cert key');
  const text = `${operands.map((operand) => operand.text).join(' ')}\n${call.input?.text ?? ''}`.slice(0, 64 * 1024);
  // The command is a line's first word; anything later is a key or a value, but for scripts.
  const match =
    /^[ \t]*(?:flushall|flushdb|shutdown|script flush|debug segfault)\b/im.exec(text) ??
    /^[ \t]*(?:eval|script load|function load)\b[^\n]{0,2000}\bflush(?:all|db)\b/im.exec(text);
  if (match !== null)
    call.effect('destroy-data', { targetText: match[0].trim(), traits: ['unrecoverable', /all/i.test(match[0]) && 'all'] });
  else if (/\bconfig set (?:dir|dbfilename)\b/i.test(text)) call.effect('persist', { targetText: 'redis config set' });
  return UNKNOWN;
};

/** Framework commands that empty a database: rails, artisan, manage.py, prisma … */
const FRAMEWORK =
  /\b(?:db:(?:drop|reset|purge|schema:load|wipe|truncate_all)|migrate:(?:fresh|reset|refresh)|database:drop|schema:drop|ecto\.(?:drop|reset)|flush\b.*--no-?input|flush$|reset_db|migrate reset|db push .*--force-reset|db drop|sqlflush|database:reset)\b/;
const framework: ProgramReader = (call) => {
  const text = call.args.map((arg) => arg.text).join(' ');
  const match = FRAMEWORK.exec(text.slice(0, 2000));
  if (match !== null) call.effect('destroy-data', { targetText: match[0], traits: ['unrecoverable'] });
  return UNKNOWN;
};

export const DATABASE_PROGRAMS = {
  psql,
  cockroach: psql,
  pgcli: psql,
  mysql,
  mariadb: mysql,
  mycli: mysql,
  sqlite3: sqlClient('cmd init separator', ['cmd'], true),
  duckdb: sqlClient('c', ['c'], true),
  sqlcmd: sqlClient('Q q S U P d i', ['Q', 'q'], false),
  cqlsh: sqlClient('e execute u p f', ['e', 'execute'], false),
  'clickhouse-client': sqlClient('q query h host u user', ['q', 'query'], false),
  bq: ((call) => {
    const text = call.args.map((arg) => arg.text).join(' ');
    if (/^(?:\S+ )?rm\b/.test(text)) call.effect('destroy-data', { targetText: text.slice(0, 120), traits: ['remote'] });
    noteSql(call, call.options.operands.at(-1)?.text ?? '');
    return UNKNOWN;
  }) satisfies ProgramReader,
  dropdb: drops,
  dropuser: drops,
  mysqladmin,
  mongo,
  mongosh: mongo,
  'redis-cli': redis,
  'valkey-cli': redis,
  rails: framework,
  rake: framework,
  artisan: framework,
  prisma: framework,
  mix: framework,
  'manage.py': framework,
  sequelize: framework,
  typeorm: framework,
  knex: framework,
} satisfies Record<string, ProgramReader>;
