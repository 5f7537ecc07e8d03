/** A notebook with one cell, as Jupyter writes it. */
export const NOTEBOOK_TEXT = `${JSON.stringify(
  {
    cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['print(1)\n'] }],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 4,
  },
  null,
  1,
)}\n`;
