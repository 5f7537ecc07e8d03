import type { Subject } from '../../verifier/protocol/subject.ts';

/** A thousand lines are this many of the blocks below. */
const BLOCKS = 125;

/** Eight lines each that take from a request or an argument and hand on to a query, a shell or a file: what costs most to read. */
const LINES_OF: Readonly<Record<string, readonly [ending: string, block: (id: string) => string]>> = {
  javascript: [
    'js',
    (id) => `app.get('/orders/${id}', async (req, res) => {
  const id = Number(req.query.id);
  const rows = await db.query('SELECT * FROM orders WHERE id = $1', [id]);
  if (rows.length === 0) return res.status(404).json({ error: 'none ${id}' });
  log.info('found', rows[0].total);
  const total = rows.map((row) => row.price * row.count).reduce((a, b) => a + b, 0);
  res.json({ total, rows });
});`,
  ],
  typescript: [
    'ts',
    (id) => `app.get('/orders/${id}', async (req: Request, res: Response): Promise<void> => {
  const id: number = Number(req.query.id);
  const rows = await db.query<Order>('SELECT * FROM orders WHERE id = $1', [id]);
  if (rows.length === 0) return void res.status(404).json({ error: 'none ${id}' });
  log.info('found', rows[0]!.total);
  const total = rows.map((row) => row.price * row.count).reduce((a, b) => a + b, 0);
  res.json({ total, rows } satisfies Answer);
});`,
  ],
  python: [
    'py',
    (id) => `@app.route('/orders/${id}')
def order_${id.replace('-', '_')}():
    key = int(request.args.get('id'))
    rows = db.execute('SELECT * FROM orders WHERE id = %s', (key,))
    if not rows:
        return jsonify(error='none ${id}'), 404
    total = sum(row['price'] * row['count'] for row in rows)
    return jsonify(total=total, rows=rows)`,
  ],
  powershell: [
    'ps1',
    (id) => `function Get-Order${id} {
  param([string]$Name, [int]$Count = 3)
  $path = Join-Path $PSScriptRoot "orders\\$Name.json"
  if (-not (Test-Path $path)) { throw "no $Name" }
  $rows = Get-Content $path | ConvertFrom-Json | Where-Object { $_.Count -gt $Count }
  foreach ($row in $rows) { Write-Output "$($row.Id): $($row.Price * $row.Count)" }
  return $rows
}`,
  ],
  shellscript: [
    'sh',
    (id) => `order_${id.replace('-', '_')}() {
  local name="$1" count="\${2:-3}"
  path="$HOME/orders/$name.json"
  if [ ! -f "$path" ]; then echo "no $name" >&2; return 1; fi
  jq -r '.[] | .id' "$path" | sort -u | head -n "$count" > "out/${id}.txt"
  for row in $(cat "out/${id}.txt"); do echo "$row: done"; done
  grep -c total "out/${id}.txt" || true
}`,
  ],
};

export const READ_LANGUAGES = Object.keys(LINES_OF);

/** A thousand lines of a language whose readers have work to do, another text for each number. */
export function busyFile(language: string, number: number): Subject {
  const row = LINES_OF[language];
  if (row === undefined) throw new Error(`no lines of ${language}`);
  const [ending, block] = row;
  const text = Array.from({ length: BLOCKS }, (_, index) => block(`${number}-${index}`)).join('\n');
  return { kind: 'file', path: `/home/ada/project/src/b${number}.${ending}`, language, text };
}

/** A prompt of three hundred lines, full of words that the rules on prompts look for. */
export function longPrompt(number: number): Subject {
  const line = (index: number) =>
    `${number}.${index}: write a function that sends the report to the server, deletes old files and explains how the password form is checked.`;
  return { kind: 'prompt', text: Array.from({ length: 300 }, (_, index) => line(index)).join('\n') };
}
