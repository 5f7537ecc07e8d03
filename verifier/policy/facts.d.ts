/** What a command does. Rules are written on these, not on spellings. */
export declare const EFFECT_KINDS: readonly ['delete', 'overwrite', 'wipe', 'remote-code', 'send-out', 'read-credential', 'permission', 'privilege', 'persist', 'destroy-history', 'destroy-data', 'destroy-infrastructure', 'disable-protection', 'exhaust', 'shut-down', 'reverse-shell', 'install', 'unresolved'];
export type EffectKind = (typeof EFFECT_KINDS)[number];
/** How grave a target is. `unknown`: a glob, variable or substitution that the text does not resolve. */
export declare const TARGET_CLASSES: readonly ['root', 'home', 'system', 'device', 'repository', 'credential', 'guard', 'outside', 'workspace-root', 'workspace', 'build-output', 'temporary', 'unknown', 'none'];
export type TargetClass = (typeof TARGET_CLASSES)[number];
export declare const EFFECT_TRAITS: readonly ['recursive', 'force', 'broad', 'unresolved-target', 'unrecoverable', 'history', 'work-tree', 'remote', 'protected-branch', 'elevated', 'world-writable', 'setuid', 'downloaded', 'decoded', 'obfuscated', 'plain-http', 'unpinned', 'unknown-source', 'unverified', 'all', 'mentioned'];
export type EffectTrait = (typeof EFFECT_TRAITS)[number];
export interface Effect {
    readonly kind: EffectKind;
    /** The program that does it, as a bare name. */
    readonly program: string;
    readonly target: TargetClass;
    /** The target's text as resolved, for messages; redacted before it is shown. */
    readonly targetText?: string;
    readonly traits: readonly EffectTrait[];
    /** UTF-16 offsets within the text that was analysed. */
    readonly start: number;
    readonly end: number;
}
export declare const SECRET_KINDS: readonly ['private-key', 'cloud-key', 'vcs-token', 'chat-token', 'payment-key', 'ai-key', 'package-token', 'database-url', 'basic-auth-url', 'jwt', 'generic'];
export type SecretKind = (typeof SECRET_KINDS)[number];
/** A credential found in a text. `value` is the real thing: it stays in the gate's memory. */
export interface Secret {
    readonly kind: SecretKind;
    /** E.g. `github-token`. */
    readonly format: string;
    readonly start: number;
    readonly end: number;
    readonly value: string;
    /** A documented or obvious dummy (`example`, `xxxx`, `<…>`, `changeme`). */
    readonly dummy: boolean;
}
/** A part of a subject with its own language, cut out so that each rule sees only what it is about. */
export interface Segment {
    readonly zone: 'code' | 'shell' | 'prose' | 'config' | 'prompt';
    /** VS Code language id where known: shellscript, powershell, bat, python, … */
    readonly language?: string;
    readonly text: string;
    /** UTF-16 offset of `text` in the subject's text. */
    readonly offset: number;
}
