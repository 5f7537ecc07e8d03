import { stat } from 'node:fs/promises';
import { createChecker } from '../checker.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { builtInPolicies, productVersion } from '../product.ts';
import { SentinelError } from '../protocol/problem.ts';
import { PROTOCOL_VERSION } from '../protocol/vocabulary.ts';
import { ownLedgerFolder } from './ledgerFolder.ts';
import { aboutOrganisation, ownOrganisation } from './organisation.ts';

export interface DoctorOptions {
  readonly policies?: string;
  readonly ledger?: string;
  readonly json?: boolean;
}

interface Finding {
  readonly about: string;
  readonly ok: boolean;
  readonly says: string;
}

async function aboutPolicies(user: string | undefined): Promise<Finding[]> {
  const checker = createChecker({
    policies: { builtIn: builtInPolicies(), workspace: [], ...(user === undefined ? {} : { user }) },
    auditOffBecause: 'not asked for',
  });
  try {
    const { policyDigest, problems, prose } = await checker.policies();
    const names = prose.map((policy) => policy.name).join(', ');
    return [
      { about: 'policies', ok: true, says: `${prose.length} in force (${names}), digest ${policyDigest}` },
      ...problems.map((problem) => ({ about: 'policies', ok: false, says: problem })),
    ];
  } catch (error) {
    return [{ about: 'policies', ok: false, says: error instanceof SentinelError ? error.message : 'they could not be loaded' }];
  } finally {
    await checker.close();
  }
}

async function aboutLedger(folder: string): Promise<Finding> {
  const about = `ledger ${folder}`;
  try {
    await stat(folder);
  } catch {
    return { about, ok: true, says: 'not there yet: it is made with the first session' };
  }
  try {
    const { ok, chains } = await verifyLedger(folder);
    const entries = chains.reduce((sum, chain) => sum + chain.entries, 0);
    if (chains.length === 0) return { about, ok: true, says: 'empty' };
    const says = ok ? `${chains.length} chains with ${entries} entries verify` : 'does not verify: run `sentinel ledger verify` on it';
    return { about, ok, says };
  } catch (error) {
    return { about, ok: false, says: error instanceof SentinelError ? error.message : 'it could not be read' };
  }
}

/** `sentinel doctor`: what is installed, in force and on disk. @returns 0 if all is well, 1 if not. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const findings: Finding[] = [
    { about: 'version', ok: true, says: `${productVersion()}, protocol ${PROTOCOL_VERSION}` },
    { about: 'runtime', ok: true, says: `Node ${process.versions.node} on ${process.platform}-${process.arch}` },
    ...(await aboutPolicies(options.policies)),
    aboutOrganisation(await ownOrganisation()),
    await aboutLedger(options.ledger ?? ownLedgerFolder()),
  ];
  if (options.json === true) process.stdout.write(`${JSON.stringify(findings)}\n`);
  else for (const { about, ok, says } of findings) process.stdout.write(`${ok ? 'ok  ' : 'BAD '} ${about}: ${says}\n`);
  return findings.every((finding) => finding.ok) ? 0 : 1;
}
