import { Spool } from '../../extension/core/spool.ts';
import { spoolEntry } from './spoolSetting.ts';

/** A window that writes down what may go on and is killed before it does: prints a line once that is durable, then waits. */
const [folder = ''] = process.argv.slice(2);
const line = await new Spool({ folder }).append(spoolEntry({ reason: 'about to be killed' }));
process.stdout.write(`${line.id}\n`);
setInterval(() => {}, 60_000);
