import type { BuildFact, BuildTrait } from '../../policy/facts.ts';
import type { YamlNode, YamlReader } from './yamlNodes.ts';

/** What the services of a compose file may do to the machine that runs them. */
export function composeFacts({ nodes }: YamlReader): BuildFact[] {
  return nodes.flatMap((node): BuildFact[] => {
    const trait = traitOf(node);
    return trait === undefined || !inService(node)
      ? []
      : [{ kind: 'container', traits: [trait], start: node.valueStart, end: node.valueEnd }];
  });
}

function inService(node: YamlNode): boolean {
  let top = node;
  while (top.parent !== undefined) top = top.parent;
  return top.key === 'services' || top.key.startsWith('x-');
}

function traitOf({ key, value, parent }: YamlNode): BuildTrait | undefined {
  switch (key) {
    case 'privileged':
      return /^(?:true|yes|on)$/i.test(value) ? 'privileged' : undefined;
    case 'network_mode':
      return value === 'host' ? 'host-network' : undefined;
    case 'pid':
      return value === 'host' ? 'privileged' : undefined;
    case 'source':
      return parent?.parent?.key === 'volumes' ? mounted(value) : undefined;
    case '':
      if (parent?.key === 'volumes' && value.includes(':')) return mounted(value.split(':', 1)[0] ?? '');
      return parent?.key === 'cap_add' && /^(?:CAP_)?(?:ALL|SYS_ADMIN)$/i.test(value) ? 'privileged' : undefined;
    default:
      return undefined;
  }
}

function mounted(source: string): BuildTrait | undefined {
  if (/^(?:\/var)?\/run\/(?:docker|containerd\/containerd)\.sock$/.test(source)) return 'privileged';
  return /^\/(?:etc|root|boot|dev|proc|sys)?\/?$/.test(source) ? 'host-files' : undefined;
}
