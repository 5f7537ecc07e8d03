import { resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { productVersion } from '../product.ts';
import { AnchorMode, Cluster } from '../protocol/anchor.ts';
import { AuditProvider } from '../protocol/auditProviders.ts';
import { SentinelError } from '../protocol/problem.ts';
import { CommandError, EXIT } from './exitCodes.ts';

/** Options of every command that may ask the auditor. */
function withAudit(command: Command): Command {
  return command
    .option('--no-audit', 'leave the auditor out')
    .option('--audit-consent', 'agree that the redacted text is sent to the auditor (Gemini needs GEMINI_API_KEY)')
    .addOption(
      new Option(
        '--audit-provider <name>',
        'gemini, or openai for any server with its chat completions (key: OPENAI_API_KEY, if it wants one)',
      )
        .choices(AuditProvider.options)
        .default('gemini'),
    )
    .option('--audit-model <id>', "the auditor's model")
    .option('--audit-url <url>', "the auditor's address");
}

const another = (value: string, all: string[]): string[] => [...all, value];

function program(done: (exitCode: number) => void): Command {
  const sentinel = new Command('sentinel')
    .description('Stands between AI coding assistants and their effect.')
    .version(productVersion())
    .exitOverride();
  withAudit(sentinel.command('check'))
    .description('Examine a command, a file, a prompt or an answer. Bare standard input is a command; "-" reads standard input.')
    .option('--command <text>', 'a shell command')
    .option('--file <path>', 'a file')
    .option('--prompt <text>', 'a prompt')
    .option('--response', "a model's answer, from standard input")
    .option('--jsonl', 'one question a line from standard input, one answer a line, in order')
    .option('--filename <path>', 'the name under which standard input or a file is judged')
    .option('--language <id>', 'VS Code language id')
    .option('--cwd <folder>', 'where a command would run; the workspace', (folder: string) => resolve(folder), process.cwd())
    .option('--policies <folder>', 'a folder of policies that add to the built-in ones')
    .option('--ledger <folder>', 'where the suppressions are kept that a person accepted on this machine; no others count')
    .option('--json', 'print the conclusion as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 pass, 1 review, 2 block (with --jsonl the gravest). 64 usage, 65 a line of --jsonl\ncould not be read or examined, 66 input not readable, 70 internal error, 78 no valid policies.',
    )
    .action(async (options) => done(await (await import('./check.ts')).check(options)));
  withAudit(sentinel.command('serve'))
    .description('Run the verifier without an editor, on a private socket or, with --port, on the loopback address.')
    .option('--port <number>', 'listen on 127.0.0.1 instead of a private socket')
    .option('--tokens-stdin', 'read {"assessToken","decideToken"} from the first line of standard input; stop when it ends')
    .option('--ledger <folder>', 'where the ledger is kept')
    .option('--policies <folder>', 'a folder of policies that add to the built-in ones')
    .addOption(
      new Option('--anchor <mode>', 'anchor the record on Solana: a memo for each risk and decision, for checkpoints, or both')
        .choices(AnchorMode.options)
        .default('off'),
    )
    .addOption(new Option('--anchor-cluster <name>', 'which cluster').choices(Cluster.options).default('devnet'))
    .option('--anchor-rpc <url>', "an endpoint of one's own")
    .option('--anchor-consent', 'agree that hashes, times, verdicts, choices and ids of rules become public for ever, signed with your key')
    .option('--workspace <folder>', 'a root against which paths are judged; may be repeated', another, [])
    .action(async (options) => (await import('./serve.ts')).serve(options));
  const ledger = sentinel.command('ledger').description('Check the record, hand it to an auditor, or erase what is old in it.');
  ledger
    .command('verify <folder>')
    .description('Check every chain in a folder, or one file, without a network: exit code 0 if all hold, 1 if not.')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere, earlier; may be repeated', another, [])
    .option('--trust <file>', "whose keys are whose, instead of the machine's own trust file")
    .option('--json', 'print the report as JSON')
    .action(async (folder: string, options) => done(await (await import('./ledgerVerify.ts')).ledgerVerify(folder, options)));
  ledger
    .command('export <folder>')
    .description('Write one file for an auditor: entries, what proves them, checkpoints and public keys.')
    .requiredOption('--out <file>', 'the file to write; it must not be there yet')
    .option('--from <time>', 'leave out what is older, as 2026-01-31 or 2026-01-31T10:00:00Z')
    .option('--to <time>', 'leave out what is newer')
    .option('--request <id>', 'only what belongs to this request')
    .action(async (folder: string, options) => done(await (await import('./ledgerExport.ts')).ledgerExport(folder, options)));
  ledger
    .command('erase <folder>')
    .description('Destroy what entries before a day say. The chain still verifies. Cannot be undone.')
    .requiredOption('--before <day>', 'a day in UTC, as 2026-01-31')
    .option('--yes', 'do it')
    .action(async (folder: string, options) => done(await (await import('./ledgerErase.ts')).ledgerErase(folder, options)));
  const key = sentinel.command('key').description('Show, back up, bring or change the key that seals and anchors your record.');
  key
    .command('show')
    .description('Show the public key, its id and its Solana address. The key is made if there is none.')
    .option('--json', 'print it as JSON')
    .action(async (options) => done(await (await import('./key.ts')).keyShow(options)));
  key
    .command('export <file>')
    .description("Write the secret key to a new file that only you can read, in the Solana command line's format.")
    .action(async (file: string) => done(await (await import('./key.ts')).keyExport(file)));
  key
    .command('import <file>')
    .description("Take the key in a file of the Solana command line's format for your own.")
    .option('--replace', 'even if there is one already, which is then gone')
    .action(async (file: string, options) => done(await (await import('./key.ts')).keyImport(file, options)));
  key
    .command('rotate')
    .description('Make a new key that the present one hands over to. The present secret is then gone.')
    .option('--yes', 'do it')
    .action(async (options) => done(await (await import('./key.ts')).keyRotate(options)));
  key
    .command('fund')
    .description('Ask a test cluster for funds to anchor with.')
    .option('--cluster <name>', 'devnet or testnet', 'devnet')
    .option('--rpc <url>', "an endpoint of one's own")
    .action(async (options) => done(await (await import('./keyFund.ts')).keyFund(options)));
  sentinel
    .command('chain')
    .description('Run a local Solana with the real memo program, to try anchoring without a network. It proves nothing to anybody else.')
    .option('--port <number>', 'where it listens on 127.0.0.1', '8899')
    .option('--file <file>', 'keep the chain there; else it is gone when it ends')
    .action(async (options) => (await import('./chain.ts')).chain(options));
  const audit = sentinel
    .command('audit')
    .description(
      'Compare what a key has put on Solana with a ledger or an exported bundle, or by itself. models, preview and test try an auditor out instead: each reads its settings from standard input, as one line of JSON: { audit: {…} }.',
    )
    .argument('[ledger]', 'folder of a ledger, or a bundle; without it the chain is checked by itself')
    .option('--authority <address>', 'the Solana address of the key')
    .option('--rpc <url>', 'an endpoint of the cluster')
    .option('--state <file>', 'keep what was fetched there, so that an audit that broke off goes on')
    .option('--trust <file>', "whose keys are whose, instead of the machine's own trust file")
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 incomplete, 2 tampered. 64 usage, 66 input not readable, 69 the endpoint does not answer.',
    )
    .action(async (ledger: string | undefined, options) => done(await (await import('./chainAudit.ts')).chainAudit(ledger, options)));
  audit
    .command('models')
    .description('List the models that the service offers.')
    .action(async () => done(await (await import('./auditTrial.ts')).auditModels()));
  audit
    .command('preview')
    .description('Show a request as it would be sent; nothing is sent.')
    .action(async () => done(await (await import('./auditTrial.ts')).auditPreview()));
  audit
    .command('test')
    .description('Send one request about a made-up example: exit code 0 if it was answered, 1 if not.')
    .action(async () => done(await (await import('./auditTrial.ts')).auditTest()));
  const policy = sentinel.command('policy').description('Write, try and understand policies.');
  policy
    .command('test [folder]')
    .description(
      'Run every example and case of one policy, of a folder of policies or, without it, of the built-in ones: exit code 0 if all hold, 1 if not.',
    )
    .option('--json', 'print the report as JSON')
    .action(async (folder: string | undefined, options) => done(await (await import('./policyTest.ts')).policyTest(folder, options)));
  policy
    .command('explain [command]')
    .description('Say how a command, file or prompt is understood, and of each rule why it did or did not fire. Exit codes as of check.')
    .option('--file <path>', 'a file instead of a command; "-" reads standard input')
    .option('--prompt <text>', 'a prompt instead of a command')
    .option('--language <id>', 'VS Code language id')
    .option('--cwd <folder>', 'where a command would run; the workspace', (folder: string) => resolve(folder), process.cwd())
    .option('--policies <folder>', 'a folder of policies that add to the built-in ones')
    .option('--all', 'list the rules that have nothing to say, too')
    .option('--json', 'print the explanation as JSON')
    .action(async (command: string | undefined, options) =>
      done(await (await import('./policyExplain.ts')).policyExplain(command, options)),
    );
  policy
    .command('new <name>')
    .description('Write a small valid policy to start from.')
    .option('--into <folder>', 'the folder of policies', '.sentinelai/policies')
    .action(async (name: string, options) => done(await (await import('./policyNew.ts')).policyNew(name, options)));
  sentinel
    .command('doctor')
    .description('Say what is installed, which policies are in force and whether the ledger verifies.')
    .option('--policies <folder>', 'a folder of policies that add to the built-in ones')
    .option('--ledger <folder>', 'where the ledger is kept')
    .option('--json', 'print the findings as JSON')
    .action(async (options) => done(await (await import('./doctor.ts')).doctor(options)));
  return sentinel;
}

/** The exit code and words for an error; stacks are for nobody who uses this. */
function explain(error: unknown): { exitCode: number; message: string } {
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : EXIT.usage, message: '' };
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof SentinelError) {
    return { exitCode: error.code === 'policies_invalid' ? EXIT.configuration : EXIT.software, message: error.message };
  }
  const name = error instanceof Error ? error.name : 'unknown error';
  return {
    exitCode: EXIT.software,
    message: `This should not have happened (${name}). Please report it with the command and the version.`,
  };
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on('error', () => process.exit(EXIT.software));
try {
  await program((exitCode) => {
    process.exitCode = exitCode;
  }).parseAsync();
} catch (error) {
  const { exitCode, message } = explain(error);
  if (message !== '') process.stderr.write(`sentinel: ${message}\n`);
  process.exitCode = exitCode;
}
