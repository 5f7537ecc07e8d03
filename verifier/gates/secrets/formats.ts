import { CLOUD_FORMATS } from './formats/cloud.ts';
import { DEVELOPMENT_FORMATS } from './formats/development.ts';
import { MESSAGING_FORMATS } from './formats/messaging.ts';
import { SERVICE_FORMATS } from './formats/services.ts';
import type { TokenFormat } from './tokenFormat.ts';

/** Every token that is known by its own form. */
export const TOKEN_FORMATS: readonly TokenFormat[] = [...CLOUD_FORMATS, ...DEVELOPMENT_FORMATS, ...MESSAGING_FORMATS, ...SERVICE_FORMATS];
