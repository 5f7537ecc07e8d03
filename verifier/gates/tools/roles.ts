/**
 * What a tool does, as far as its name tells. Names are those of VS Code's own agent, Claude Code, Codex, Gemini and
 * Copilot; MCP servers and anything unknown count as `unknown`, which may change things.
 */
export type ToolRole = 'read' | 'terminal' | 'edit' | 'patch' | 'fetch' | 'unknown';

/** Without case, separators and the prefixes that hosts put before them. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(?:functions\.|copilot_|vscode_)/, '')
    .replaceAll(/[^a-z0-9]/g, '');
}

const named = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/).map(plain));

const ROLES: ReadonlyMap<ToolRole, ReadonlySet<string>> = new Map([
  [
    'read',
    named(
      `read_file read read_many_files view view_image list_dir ls list_directory glob grep grep_search file_search search_file_content
      findFiles findTextInFiles searchCodebase semantic_search search_workspace_symbols list_code_usages get_errors get_changed_files
      read_project_structure readFile listDirectory getErrors get_vscode_api getVSCodeAPI github_repo github_text_search test_search
      findTestFiles get_terminal_output getTerminalOutput terminal_selection terminal_last_command get_task_output
      read_notebook_cell_output get_notebook_summary getNotebookSummary manage_todo_list TodoWrite TodoRead update_plan think
      search_subagent explore_subagent tool_search skill google_web_search web_search testFailure askQuestions reviewPlan
      resolve_memory_file_uri switch_agent read_page screenshot_page BashOutput codebase symbols problems changes usages`,
    ),
  ],
  [
    'terminal',
    named(
      `run_in_terminal send_to_terminal bash shell powershell run_shell_command local_shell execute_command terminal
      runTerminalCommand runInTerminal create_and_run_task unified_exec exec_command write_stdin`,
    ),
  ],
  [
    'edit',
    named(
      `create_file write write_file create edit replace replace_string_in_file multi_replace_string_in_file insert_edit_into_file
      MultiEdit NotebookEdit edit_notebook_file editNotebook str_replace str_replace_editor str_replace_based_edit_tool createFile
      replaceString multiReplaceString insertEdit edit_file edit_files editFiles create_directory createDirectory`,
    ),
  ],
  ['patch', named('apply_patch applyPatch')],
  ['fetch', named('fetch_webpage fetchWebPage web_fetch WebFetch fetch open_browser_page navigate_page open_simple_browser')],
]);

export function toolRole(name: string): ToolRole {
  const bare = plain(name);
  for (const [role, names] of ROLES) if (names.has(bare)) return role;
  // An MCP tool may call itself anything; only what makes it graver is taken from its name.
  return /terminal|bash|shell|exec|command|run_?in|powershell|process/i.test(name) ? 'terminal' : 'unknown';
}

/** Whether a tool of this name takes away what its path names. */
export function deletes(name: string): 'delete' | 'delete-tree' | undefined {
  if (!/(?:^|[^a-z])(?:delete|remove|unlink|rm|rmdir|trash|erase)(?:[^a-z]|$)/i.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')))
    return undefined;
  return /dir|folder|tree|recursive/i.test(name) ? 'delete-tree' : 'delete';
}
