import type { BuildFact, BuildFormat } from '../../policy/facts.ts';
import { composeFacts } from './compose.ts';
import { dockerfileFacts } from './dockerfile.ts';
import { jsonLeaves, MAX_JSON_LEAVES } from './json.ts';
import {
  gemfileFacts,
  goModuleFacts,
  requirementsFacts,
  settingsFacts,
  xmlProjectFacts,
  yarnLockFacts,
  yarnSettingsFacts,
} from './lineManifests.ts';
import { composerFacts, npmLockFacts, npmManifestFacts } from './npm.ts';
import { workflowFacts } from './workflow.ts';
import { MAX_YAML_NODES, YamlReader } from './yamlNodes.ts';

export interface BuildReading {
  readonly facts: readonly BuildFact[];
  /** Set when a limit was met: what came after it was not read. */
  readonly limit?: string;
}

const JSON_READERS = { 'npm-manifest': npmManifestFacts, 'npm-lock': npmLockFacts, composer: composerFacts };
const YAML_READERS = { workflow: workflowFacts, compose: composeFacts };

/** Says what a file about building or fetching software says. The same text always gives the same facts. */
export function buildFacts(text: string, format: BuildFormat): BuildReading {
  switch (format) {
    case 'workflow':
    case 'compose': {
      const yaml = new YamlReader(text);
      const facts = YAML_READERS[format](yaml);
      return yaml.full ? { facts, limit: `the file has more than ${MAX_YAML_NODES} keys and items` } : { facts };
    }
    case 'npm-manifest':
    case 'npm-lock':
    case 'composer': {
      const { leaves, full } = jsonLeaves(text);
      const facts = JSON_READERS[format](leaves);
      return full ? { facts, limit: `the file has more than ${MAX_JSON_LEAVES} values, or is nested too deep` } : { facts };
    }
    case 'dockerfile':
      return { facts: dockerfileFacts(text) };
    case 'pip-requirements':
      return { facts: requirementsFacts(text) };
    case 'settings':
    case 'pyproject':
    case 'pipfile':
    case 'cargo':
      return { facts: settingsFacts(text, format) };
    case 'yarn-lock':
      return { facts: yarnLockFacts(text) };
    case 'yarn-settings':
      return { facts: yarnSettingsFacts(text) };
    case 'gemfile':
      return { facts: gemfileFacts(text) };
    case 'go-module':
      return { facts: goModuleFacts(text) };
    case 'xml-project':
      return { facts: xmlProjectFacts(text) };
  }
}
