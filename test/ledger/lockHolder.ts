/** Takes the lock of a chain, says so, and keeps it until it is killed. */
import { takeLock } from '../../verifier/ledger/lock.ts';

const [dir = '', chain = ''] = process.argv.slice(2);
const lock = await takeLock(dir, chain);
process.stdout.write(lock === undefined ? 'refused\n' : 'held\n');
process.stdin.resume();
