/** What every throw-away window needs: offline, and no update, experiment or sign-in prompt. */
export const OFFLINE_SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.tips.enabled': false,
  'workbench.startupEditor': 'none',
  'typescript.disableAutomaticTypeAcquisition': true,
  'json.schemaDownload.enable': false,
  'chat.mcp.discovery.enabled': {},
} as const;

/** A driven window besides: typing is literal, and nothing saves, asks or moves by itself. */
export const DRIVEN_SETTINGS = {
  ...OFFLINE_SETTINGS,
  'workbench.reduceMotion': 'on',
  'window.dialogStyle': 'custom',
  'window.confirmBeforeClose': 'never',
  'files.hotExit': 'off',
  'files.autoSave': 'off',
  'editor.formatOnSave': false,
  'git.enabled': false,
  'git.autoRepositoryDetection': false,
  'npm.autoDetect': 'off',
  'editor.accessibilitySupport': 'off',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
} as const;
