import { z } from 'zod';
/** Where in a subject a text pattern is looked for. */
export declare const Zone: z.ZodEnum<{
    code: "code";
    config: "config";
    prompt: "prompt";
    prose: "prose";
    shell: "shell";
}>;
export type Zone = z.infer<typeof Zone>;
/**
 * One way to match. A clause on effects or secrets reads facts; a pattern reads text. `literals`
 * are looked for first: one of them must occur (case-insensitively) or the pattern is not run; in a
 * long text it is run on the lines around them. `^` and `$` mean the line.
 * All given conditions must hold.
 */
export declare const Clause: z.ZodUnion<readonly [z.ZodObject<{
    effect: z.ZodEnum<{
        delete: "delete";
        "destroy-data": "destroy-data";
        "destroy-history": "destroy-history";
        "destroy-infrastructure": "destroy-infrastructure";
        "disable-protection": "disable-protection";
        exhaust: "exhaust";
        install: "install";
        overwrite: "overwrite";
        permission: "permission";
        persist: "persist";
        privilege: "privilege";
        "read-credential": "read-credential";
        "remote-code": "remote-code";
        "reverse-shell": "reverse-shell";
        "send-out": "send-out";
        "shut-down": "shut-down";
        unresolved: "unresolved";
        wipe: "wipe";
    }>;
    target: z.ZodOptional<z.ZodArray<z.ZodEnum<{
        "build-output": "build-output";
        credential: "credential";
        device: "device";
        guard: "guard";
        home: "home";
        none: "none";
        outside: "outside";
        repository: "repository";
        root: "root";
        system: "system";
        temporary: "temporary";
        unknown: "unknown";
        workspace: "workspace";
        "workspace-root": "workspace-root";
    }>>>;
    traits: z.ZodOptional<z.ZodArray<z.ZodEnum<{
        all: "all";
        broad: "broad";
        decoded: "decoded";
        downloaded: "downloaded";
        elevated: "elevated";
        force: "force";
        history: "history";
        mentioned: "mentioned";
        obfuscated: "obfuscated";
        "plain-http": "plain-http";
        "protected-branch": "protected-branch";
        recursive: "recursive";
        remote: "remote";
        setuid: "setuid";
        "unknown-source": "unknown-source";
        unpinned: "unpinned";
        unrecoverable: "unrecoverable";
        "unresolved-target": "unresolved-target";
        unverified: "unverified";
        "work-tree": "work-tree";
        "world-writable": "world-writable";
    }>>>;
    without: z.ZodOptional<z.ZodArray<z.ZodEnum<{
        all: "all";
        broad: "broad";
        decoded: "decoded";
        downloaded: "downloaded";
        elevated: "elevated";
        force: "force";
        history: "history";
        mentioned: "mentioned";
        obfuscated: "obfuscated";
        "plain-http": "plain-http";
        "protected-branch": "protected-branch";
        recursive: "recursive";
        remote: "remote";
        setuid: "setuid";
        "unknown-source": "unknown-source";
        unpinned: "unpinned";
        unrecoverable: "unrecoverable";
        "unresolved-target": "unresolved-target";
        unverified: "unverified";
        "work-tree": "work-tree";
        "world-writable": "world-writable";
    }>>>;
    programs: z.ZodOptional<z.ZodArray<z.ZodString>>;
    zones: z.ZodOptional<z.ZodArray<z.ZodEnum<{
        code: "code";
        config: "config";
        prompt: "prompt";
        prose: "prose";
        shell: "shell";
    }>>>;
    unless: z.ZodOptional<z.ZodString>;
}, z.core.$strict>, z.ZodObject<{
    secret: z.ZodUnion<readonly [z.ZodLiteral<"any">, z.ZodArray<z.ZodEnum<{
        "ai-key": "ai-key";
        "basic-auth-url": "basic-auth-url";
        "chat-token": "chat-token";
        "cloud-key": "cloud-key";
        "database-url": "database-url";
        generic: "generic";
        jwt: "jwt";
        "package-token": "package-token";
        "payment-key": "payment-key";
        "private-key": "private-key";
        "vcs-token": "vcs-token";
    }>>]>;
}, z.core.$strict>, z.ZodObject<{
    pattern: z.ZodString;
    literals: z.ZodArray<z.ZodString>;
    zones: z.ZodArray<z.ZodEnum<{
        code: "code";
        config: "config";
        prompt: "prompt";
        prose: "prose";
        shell: "shell";
    }>>;
    languages: z.ZodOptional<z.ZodArray<z.ZodString>>;
    unless: z.ZodOptional<z.ZodString>;
}, z.core.$strict>]>;
export type Clause = z.infer<typeof Clause>;
/**
 * Deterministic conditions under which a gate's finding is dropped, where the rule lists them:
 * `test-path`, `docs-path`: the file's path; `dummy-value`: the matched value is a documented or
 * obvious placeholder; `build-path`: the target is build output; `marker`: the line carries
 * `sentinel:example` in a comment and the path is a test or documentation path.
 */
export declare const Exemption: z.ZodEnum<{
    "build-path": "build-path";
    "docs-path": "docs-path";
    "dummy-value": "dummy-value";
    marker: "marker";
    "test-path": "test-path";
}>;
export type Exemption = z.infer<typeof Exemption>;
export declare const Rule: z.ZodObject<{
    id: z.ZodString;
    severity: z.ZodEnum<{
        critical: "critical";
        high: "high";
        low: "low";
        medium: "medium";
    }>;
    verdict: z.ZodEnum<{
        block: "block";
        review: "review";
    }>;
    message: z.ZodString;
    remediation: z.ZodString;
    cwe: z.ZodArray<z.ZodString>;
    owasp: z.ZodOptional<z.ZodArray<z.ZodString>>;
    when: z.ZodArray<z.ZodUnion<readonly [z.ZodObject<{
        effect: z.ZodEnum<{
            delete: "delete";
            "destroy-data": "destroy-data";
            "destroy-history": "destroy-history";
            "destroy-infrastructure": "destroy-infrastructure";
            "disable-protection": "disable-protection";
            exhaust: "exhaust";
            install: "install";
            overwrite: "overwrite";
            permission: "permission";
            persist: "persist";
            privilege: "privilege";
            "read-credential": "read-credential";
            "remote-code": "remote-code";
            "reverse-shell": "reverse-shell";
            "send-out": "send-out";
            "shut-down": "shut-down";
            unresolved: "unresolved";
            wipe: "wipe";
        }>;
        target: z.ZodOptional<z.ZodArray<z.ZodEnum<{
            "build-output": "build-output";
            credential: "credential";
            device: "device";
            guard: "guard";
            home: "home";
            none: "none";
            outside: "outside";
            repository: "repository";
            root: "root";
            system: "system";
            temporary: "temporary";
            unknown: "unknown";
            workspace: "workspace";
            "workspace-root": "workspace-root";
        }>>>;
        traits: z.ZodOptional<z.ZodArray<z.ZodEnum<{
            all: "all";
            broad: "broad";
            decoded: "decoded";
            downloaded: "downloaded";
            elevated: "elevated";
            force: "force";
            history: "history";
            mentioned: "mentioned";
            obfuscated: "obfuscated";
            "plain-http": "plain-http";
            "protected-branch": "protected-branch";
            recursive: "recursive";
            remote: "remote";
            setuid: "setuid";
            "unknown-source": "unknown-source";
            unpinned: "unpinned";
            unrecoverable: "unrecoverable";
            "unresolved-target": "unresolved-target";
            unverified: "unverified";
            "work-tree": "work-tree";
            "world-writable": "world-writable";
        }>>>;
        without: z.ZodOptional<z.ZodArray<z.ZodEnum<{
            all: "all";
            broad: "broad";
            decoded: "decoded";
            downloaded: "downloaded";
            elevated: "elevated";
            force: "force";
            history: "history";
            mentioned: "mentioned";
            obfuscated: "obfuscated";
            "plain-http": "plain-http";
            "protected-branch": "protected-branch";
            recursive: "recursive";
            remote: "remote";
            setuid: "setuid";
            "unknown-source": "unknown-source";
            unpinned: "unpinned";
            unrecoverable: "unrecoverable";
            "unresolved-target": "unresolved-target";
            unverified: "unverified";
            "work-tree": "work-tree";
            "world-writable": "world-writable";
        }>>>;
        programs: z.ZodOptional<z.ZodArray<z.ZodString>>;
        zones: z.ZodOptional<z.ZodArray<z.ZodEnum<{
            code: "code";
            config: "config";
            prompt: "prompt";
            prose: "prose";
            shell: "shell";
        }>>>;
        unless: z.ZodOptional<z.ZodString>;
    }, z.core.$strict>, z.ZodObject<{
        secret: z.ZodUnion<readonly [z.ZodLiteral<"any">, z.ZodArray<z.ZodEnum<{
            "ai-key": "ai-key";
            "basic-auth-url": "basic-auth-url";
            "chat-token": "chat-token";
            "cloud-key": "cloud-key";
            "database-url": "database-url";
            generic: "generic";
            jwt: "jwt";
            "package-token": "package-token";
            "payment-key": "payment-key";
            "private-key": "private-key";
            "vcs-token": "vcs-token";
        }>>]>;
    }, z.core.$strict>, z.ZodObject<{
        pattern: z.ZodString;
        literals: z.ZodArray<z.ZodString>;
        zones: z.ZodArray<z.ZodEnum<{
            code: "code";
            config: "config";
            prompt: "prompt";
            prose: "prose";
            shell: "shell";
        }>>;
        languages: z.ZodOptional<z.ZodArray<z.ZodString>>;
        unless: z.ZodOptional<z.ZodString>;
    }, z.core.$strict>]>>;
    exemptable: z.ZodOptional<z.ZodArray<z.ZodEnum<{
        "build-path": "build-path";
        "docs-path": "docs-path";
        "dummy-value": "dummy-value";
        marker: "marker";
        "test-path": "test-path";
    }>>>;
    examples: z.ZodObject<{
        match: z.ZodArray<z.ZodLazy<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
            kind: z.ZodEnum<{
                command: "command";
                file: "file";
                prompt: "prompt";
                response: "response";
            }>;
            text: z.ZodString;
            language: z.ZodOptional<z.ZodString>;
            path: z.ZodOptional<z.ZodString>;
        }, z.core.$strict>]>>>;
        ignore: z.ZodArray<z.ZodLazy<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
            kind: z.ZodEnum<{
                command: "command";
                file: "file";
                prompt: "prompt";
                response: "response";
            }>;
            text: z.ZodString;
            language: z.ZodOptional<z.ZodString>;
            path: z.ZodOptional<z.ZodString>;
        }, z.core.$strict>]>>>;
    }, z.core.$strict>;
}, z.core.$strict>;
export type Rule = z.infer<typeof Rule>;
/**
 * An example is a subject in short: a bare string is a command for rules on effects alone, else the
 * object says its kind. `{{name}}` and `{{name:length}}` expand to credential-looking values at load time, so that the
 * repository itself holds none (see policy/templates.ts).
 */
export declare const Example: z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
    kind: z.ZodEnum<{
        command: "command";
        file: "file";
        prompt: "prompt";
        response: "response";
    }>;
    text: z.ZodString;
    language: z.ZodOptional<z.ZodString>;
    path: z.ZodOptional<z.ZodString>;
}, z.core.$strict>]>;
export type Example = z.infer<typeof Example>;
/** A workspace (or user) folder may also make a known rule stricter. Anything that is not stricter is an error. */
export declare const Tightening: z.ZodObject<{
    rule: z.ZodString;
    verdict: z.ZodOptional<z.ZodEnum<{
        block: "block";
        review: "review";
    }>>;
    severity: z.ZodOptional<z.ZodEnum<{
        critical: "critical";
        high: "high";
        low: "low";
        medium: "medium";
    }>>;
}, z.core.$strict>;
export type Tightening = z.infer<typeof Tightening>;
/** `rules.yaml`. */
export declare const RulesFile: z.ZodObject<{
    schema: z.ZodLiteral<1>;
    rules: z.ZodArray<z.ZodObject<{
        id: z.ZodString;
        severity: z.ZodEnum<{
            critical: "critical";
            high: "high";
            low: "low";
            medium: "medium";
        }>;
        verdict: z.ZodEnum<{
            block: "block";
            review: "review";
        }>;
        message: z.ZodString;
        remediation: z.ZodString;
        cwe: z.ZodArray<z.ZodString>;
        owasp: z.ZodOptional<z.ZodArray<z.ZodString>>;
        when: z.ZodArray<z.ZodUnion<readonly [z.ZodObject<{
            effect: z.ZodEnum<{
                delete: "delete";
                "destroy-data": "destroy-data";
                "destroy-history": "destroy-history";
                "destroy-infrastructure": "destroy-infrastructure";
                "disable-protection": "disable-protection";
                exhaust: "exhaust";
                install: "install";
                overwrite: "overwrite";
                permission: "permission";
                persist: "persist";
                privilege: "privilege";
                "read-credential": "read-credential";
                "remote-code": "remote-code";
                "reverse-shell": "reverse-shell";
                "send-out": "send-out";
                "shut-down": "shut-down";
                unresolved: "unresolved";
                wipe: "wipe";
            }>;
            target: z.ZodOptional<z.ZodArray<z.ZodEnum<{
                "build-output": "build-output";
                credential: "credential";
                device: "device";
                guard: "guard";
                home: "home";
                none: "none";
                outside: "outside";
                repository: "repository";
                root: "root";
                system: "system";
                temporary: "temporary";
                unknown: "unknown";
                workspace: "workspace";
                "workspace-root": "workspace-root";
            }>>>;
            traits: z.ZodOptional<z.ZodArray<z.ZodEnum<{
                all: "all";
                broad: "broad";
                decoded: "decoded";
                downloaded: "downloaded";
                elevated: "elevated";
                force: "force";
                history: "history";
                mentioned: "mentioned";
                obfuscated: "obfuscated";
                "plain-http": "plain-http";
                "protected-branch": "protected-branch";
                recursive: "recursive";
                remote: "remote";
                setuid: "setuid";
                "unknown-source": "unknown-source";
                unpinned: "unpinned";
                unrecoverable: "unrecoverable";
                "unresolved-target": "unresolved-target";
                unverified: "unverified";
                "work-tree": "work-tree";
                "world-writable": "world-writable";
            }>>>;
            without: z.ZodOptional<z.ZodArray<z.ZodEnum<{
                all: "all";
                broad: "broad";
                decoded: "decoded";
                downloaded: "downloaded";
                elevated: "elevated";
                force: "force";
                history: "history";
                mentioned: "mentioned";
                obfuscated: "obfuscated";
                "plain-http": "plain-http";
                "protected-branch": "protected-branch";
                recursive: "recursive";
                remote: "remote";
                setuid: "setuid";
                "unknown-source": "unknown-source";
                unpinned: "unpinned";
                unrecoverable: "unrecoverable";
                "unresolved-target": "unresolved-target";
                unverified: "unverified";
                "work-tree": "work-tree";
                "world-writable": "world-writable";
            }>>>;
            programs: z.ZodOptional<z.ZodArray<z.ZodString>>;
            zones: z.ZodOptional<z.ZodArray<z.ZodEnum<{
                code: "code";
                config: "config";
                prompt: "prompt";
                prose: "prose";
                shell: "shell";
            }>>>;
            unless: z.ZodOptional<z.ZodString>;
        }, z.core.$strict>, z.ZodObject<{
            secret: z.ZodUnion<readonly [z.ZodLiteral<"any">, z.ZodArray<z.ZodEnum<{
                "ai-key": "ai-key";
                "basic-auth-url": "basic-auth-url";
                "chat-token": "chat-token";
                "cloud-key": "cloud-key";
                "database-url": "database-url";
                generic: "generic";
                jwt: "jwt";
                "package-token": "package-token";
                "payment-key": "payment-key";
                "private-key": "private-key";
                "vcs-token": "vcs-token";
            }>>]>;
        }, z.core.$strict>, z.ZodObject<{
            pattern: z.ZodString;
            literals: z.ZodArray<z.ZodString>;
            zones: z.ZodArray<z.ZodEnum<{
                code: "code";
                config: "config";
                prompt: "prompt";
                prose: "prose";
                shell: "shell";
            }>>;
            languages: z.ZodOptional<z.ZodArray<z.ZodString>>;
            unless: z.ZodOptional<z.ZodString>;
        }, z.core.$strict>]>>;
        exemptable: z.ZodOptional<z.ZodArray<z.ZodEnum<{
            "build-path": "build-path";
            "docs-path": "docs-path";
            "dummy-value": "dummy-value";
            marker: "marker";
            "test-path": "test-path";
        }>>>;
        examples: z.ZodObject<{
            match: z.ZodArray<z.ZodLazy<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
                kind: z.ZodEnum<{
                    command: "command";
                    file: "file";
                    prompt: "prompt";
                    response: "response";
                }>;
                text: z.ZodString;
                language: z.ZodOptional<z.ZodString>;
                path: z.ZodOptional<z.ZodString>;
            }, z.core.$strict>]>>>;
            ignore: z.ZodArray<z.ZodLazy<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
                kind: z.ZodEnum<{
                    command: "command";
                    file: "file";
                    prompt: "prompt";
                    response: "response";
                }>;
                text: z.ZodString;
                language: z.ZodOptional<z.ZodString>;
                path: z.ZodOptional<z.ZodString>;
            }, z.core.$strict>]>>>;
        }, z.core.$strict>;
    }, z.core.$strict>>;
    tighten: z.ZodOptional<z.ZodArray<z.ZodObject<{
        rule: z.ZodString;
        verdict: z.ZodOptional<z.ZodEnum<{
            block: "block";
            review: "review";
        }>>;
        severity: z.ZodOptional<z.ZodEnum<{
            critical: "critical";
            high: "high";
            low: "low";
            medium: "medium";
        }>>;
    }, z.core.$strict>>>;
}, z.core.$strict>;
export type RulesFile = z.infer<typeof RulesFile>;
/** Front matter of `policy.md`. The prose below it must have a section headed `## Exemptions`. */
export declare const PolicyFrontMatter: z.ZodObject<{
    name: z.ZodString;
    title: z.ZodString;
    version: z.ZodInt;
    owner: z.ZodOptional<z.ZodString>;
}, z.core.$strict>;
export type PolicyFrontMatter = z.infer<typeof PolicyFrontMatter>;
