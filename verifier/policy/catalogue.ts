import type { CataloguePolicy, CatalogueRule, PolicyCatalogue } from '../protocol/policyCatalogue.ts';
import type { CompiledRule, Origin } from './compile.ts';
import type { ParsedFolder, Placed } from './folder.ts';
import type { PolicySet } from './load.ts';
import { isSuppressible } from './suppressions.ts';

const ORIGINS: Readonly<Record<Origin, CataloguePolicy['origin']>> = { builtIn: 'built-in', user: 'user', workspace: 'workspace' };

function described(rule: CompiledRule, { file, line }: Placed<CompiledRule>): CatalogueRule {
  const { id, title, severity, verdict, message, remediation, owasp, attack, since } = rule;
  return {
    id,
    ...(title === undefined ? {} : { title }),
    severity,
    verdict,
    message,
    remediation,
    cwe: [...rule.cwe],
    ...(owasp === undefined ? {} : { owasp: [...owasp] }),
    ...(attack === undefined ? {} : { attack: [...attack] }),
    ...(since === undefined ? {} : { since }),
    file,
    line: line(),
    exemptable: [...rule.exemptable],
    suppressible: isSuppressible(rule),
  };
}

/** All rules in force by policy, with the places where they can be read. */
export function catalogueOf(set: PolicySet): PolicyCatalogue {
  const inForce = new Map(set.rules.map((rule) => [rule.id, rule]));
  const policyOf = ({ prose, origin, folder, version, rules }: ParsedFolder): CataloguePolicy => ({
    name: prose.name,
    title: prose.title,
    version,
    origin: ORIGINS[origin],
    folder,
    rules: rules.map((place) => described(inForce.get(place.item.id) ?? place.item, place)).sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
  return { policyDigest: set.digest, policies: set.folders.map(policyOf) };
}
