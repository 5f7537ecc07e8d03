import * as vscode from 'vscode';
import type { AnswerPart, ModelPart, ModelTurn, PassedPart } from '../core/modelParts.ts';
import { ToolCall } from '../core/modelParts.ts';

/** VS Code's role for what an extension says in its own name; not part of the stable API. */
const SYSTEM = 3;

/** VS Code's messages as the guard reads them. Parts keep their originals. */
export function readTurns(messages: readonly vscode.LanguageModelChatRequestMessage[]): ModelTurn[] {
  return messages.map(({ role, name, content }) => ({
    role: Number(role) === SYSTEM ? 'system' : role === vscode.LanguageModelChatMessageRole.Assistant ? 'assistant' : 'user',
    name,
    parts: content.map(readPart),
  }));
}

/**
 * Back into VS Code's messages. Extensions may not send system messages (a proposed API), so those become the user's,
 * at the same place.
 */
export function writeTurns(turns: readonly ModelTurn[]): vscode.LanguageModelChatMessage[] {
  const { Assistant, User } = vscode.LanguageModelChatMessageRole;
  return turns.map(
    ({ role, name, parts }) => new vscode.LanguageModelChatMessage(role === 'assistant' ? Assistant : User, parts.flatMap(writePart), name),
  );
}

/** A part of a model's answer. */
export function readAnswer(part: unknown): AnswerPart {
  if (part instanceof vscode.LanguageModelTextPart) return { kind: 'text', text: part.value };
  if (part instanceof vscode.LanguageModelToolCallPart) {
    const call = readCall(part);
    return call ? { kind: 'call', call } : { kind: 'unreadable', name: part.name };
  }
  return { kind: 'other', original: part };
}

/** As it is passed on to the editor; undefined for what is of no kind that the editor takes. */
export function writeAnswer(part: PassedPart): vscode.LanguageModelResponsePart | undefined {
  if (part.kind === 'text') return new vscode.LanguageModelTextPart(part.text);
  if (part.kind === 'call') return writeCall(part.call);
  return isPart(part.original) ? part.original : undefined;
}

function readPart(part: unknown): ModelPart {
  if (part instanceof vscode.LanguageModelTextPart) return { kind: 'text', text: part.value, original: part };
  if (part instanceof vscode.LanguageModelToolResultPart)
    return { kind: 'result', callId: part.callId, text: part.content.map(textOf).join('\n'), original: part };
  if (part instanceof vscode.LanguageModelToolCallPart) {
    const call = readCall(part);
    if (call) return { kind: 'call', call, original: part };
  }
  return { kind: 'other', original: part };
}

function writePart(part: ModelPart): vscode.LanguageModelInputPart[] {
  if (part.original !== undefined) return isPart(part.original) ? [part.original] : [];
  if (part.kind === 'text') return [new vscode.LanguageModelTextPart(part.text)];
  if (part.kind === 'call') return [writeCall(part.call)];
  if (part.kind === 'result') return [new vscode.LanguageModelToolResultPart(part.callId, [new vscode.LanguageModelTextPart(part.text)])];
  return [];
}

/** What VS Code gave us it takes back: newer kinds of parts (pictures, thinking) are not in the types yet. */
function isPart(part: unknown): part is vscode.LanguageModelInputPart {
  return typeof part === 'object' && part !== null;
}

function readCall({ callId, name, input }: vscode.LanguageModelToolCallPart): ToolCall | undefined {
  // Through text, so that what is assessed is what the wire would carry.
  const json: unknown = JSON.parse(JSON.stringify(input ?? {}));
  return ToolCall.safeParse({ callId, name, input: json }).data;
}

function writeCall({ callId, name, input }: ToolCall): vscode.LanguageModelToolCallPart {
  return new vscode.LanguageModelToolCallPart(callId, name, input);
}

const TEXTUAL = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml))/;

/** The words of a part of a tool's result: text, a rendered tree of text, or data that is text. */
function textOf(part: unknown): string {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelPromptTsxPart) return leaves(part.value, 0).join('\n');
  if (typeof part !== 'object' || part === null) return typeof part === 'string' ? part : '';
  const data: unknown = Reflect.get(part, 'data');
  const type: unknown = Reflect.get(part, 'mimeType');
  return data instanceof Uint8Array && typeof type === 'string' && TEXTUAL.test(type) ? new TextDecoder().decode(data) : '';
}

const MAX_DEPTH = 200;

function leaves(node: unknown, depth: number): string[] {
  if (typeof node === 'string') return [node];
  if (typeof node !== 'object' || node === null || depth > MAX_DEPTH) return [];
  return Object.values(node).flatMap((child) => leaves(child, depth + 1));
}
