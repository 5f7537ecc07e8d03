import type { SinkRow } from '../sinkTable.ts';

const language = 'csharp';

const FILE =
  'ReadAllText ReadAllBytes ReadAllLines ReadLines ReadAllTextAsync ReadAllBytesAsync ReadAllLinesAsync WriteAllText WriteAllBytes WriteAllTextAsync WriteAllBytesAsync WriteAllLines AppendAllText Open OpenRead OpenWrite OpenText Create CreateText Delete Exists Copy Move'
    .split(' ')
    .flatMap((verb) => [`File.${verb}`, `IO.File.${verb}`, `System.IO.File.${verb}`])
    .join(' ');

export const CSHARP_SINKS: readonly SinkRow[] = [
  {
    sink: 'sql',
    calls:
      'SqlCommand MySqlCommand NpgsqlCommand SqliteCommand SQLiteCommand OracleCommand OleDbCommand OdbcCommand SqlDataAdapter MySqlDataAdapter SqlDataSource *.CommandText= *.FromSqlRaw *.ExecuteSqlRaw *.ExecuteSqlRawAsync *.ExecuteSqlCommand *.SqlQuery *.SqlQueryRaw *.Query *.QueryAsync *.QueryFirst *.QueryFirstAsync *.QueryFirstOrDefault *.QueryFirstOrDefaultAsync *.QuerySingle *.QuerySingleAsync *.QuerySingleOrDefault *.QuerySingleOrDefaultAsync *.QueryMultiple *.Execute *.ExecuteAsync *.ExecuteScalar *.ExecuteScalarAsync *.ExecuteReader *.ExecuteNonQuery *.CreateQuery *.CreateSQLQuery *.FromSql *.ExecuteQuery',
    at: [0, 'CommandText'],
    language,
    evidence: 'statement',
  },
  { sink: 'sql', calls: '*.Where *.OrderBy *.ThenBy *.RowFilter= *.Select', at: [0], language, evidence: 'sql-fragment' },
  { sink: 'sql', calls: '*.ExecuteReader *.ExecuteScalar *.ExecuteNonQuery *.ExecuteDataset', at: [1, 2], language, evidence: 'sql' },
  { sink: 'nosql', calls: 'BsonDocument.Parse BsonSerializer.Deserialize', at: [0], language },
  { sink: 'command', calls: 'Process.Start ProcessStartInfo', at: [1, 'Arguments'], language, evidence: 'shell-line' },
  { sink: 'command', calls: 'Process.Start ProcessStartInfo', at: [0, 'FileName'], language },
  { sink: 'command', calls: '*.Arguments=', at: [0], language, evidence: 'shell-line' },
  {
    sink: 'command',
    calls: '*.StartInfo.FileName= ProcessStartInfo().FileName= *.AddScript PowerShell.Create().AddScript',
    at: [0],
    language,
  },
  {
    sink: 'code',
    calls:
      'CSharpScript.EvaluateAsync CSharpScript.RunAsync CSharpScript.Create Type.GetType Assembly.Load Assembly.LoadFrom Assembly.LoadFile Activator.CreateInstance *.CompileAssemblyFromSource DataTable().Compute Engine().Execute Engine().Evaluate CSharpSyntaxTree.ParseText',
    at: [0, 1],
    language,
  },
  {
    sink: 'template',
    calls: 'Engine.Razor.RunCompile Razor.Parse Template.Parse Handlebars.Compile *.CompileRenderStringAsync RazorEngine.Razor.Parse',
    at: [0, 1],
    language,
  },
  { sink: 'ldap', calls: 'DirectorySearcher SearchRequest *.Filter=', at: [0, 1, 'Filter'], language, evidence: 'filter' },
  {
    sink: 'xpath',
    calls:
      '*.SelectNodes *.SelectSingleNode *.XPathSelectElement *.XPathSelectElements *.Evaluate *.Compile XPathExpression.Compile *.Select',
    at: [0],
    language,
    evidence: 'xpath',
  },
  { sink: 'xml', calls: 'XmlTextReader', at: [0], language },
  { sink: 'html', calls: '*.Write *.WriteAsync *.WriteLine', at: [0], language, evidence: 'tag' },
  {
    sink: 'html',
    calls:
      'return Content *.Content HtmlString MvcHtmlString.Create MarkupString Results.Content Results.Text Results.Extensions.Html *.InnerHtml=',
    at: [0],
    language,
    evidence: 'tag',
  },
  {
    sink: 'html',
    calls: 'Html.Raw *.Raw HtmlString MvcHtmlString.Create MarkupString Response.Write HttpContext.Response.Write',
    at: [0],
    language,
  },
  { sink: 'header', calls: '*.Headers.Add *.Headers.Append *.AppendHeader *.AddHeader', at: [1], language },
  {
    sink: 'redirect',
    calls: 'Redirect RedirectPermanent RedirectResult Response.Redirect *.Redirect Results.Redirect RedirectPreserveMethod',
    at: [0],
    language,
    evidence: 'host',
  },
  {
    sink: 'path',
    calls: `${FILE} FileStream StreamReader StreamWriter FileInfo PhysicalFile PhysicalFileResult Directory.Delete Directory.GetFiles Directory.CreateDirectory Directory.EnumerateFiles Directory.Exists DirectoryInfo ZipFile.OpenRead *.SaveAs Response.WriteFile Response.TransmitFile Server.MapPath *.LoadFile XmlDocument().Load Results.File`,
    at: [0],
    language,
  },
  { sink: 'path', calls: '*.ExtractToFile', at: [0], language },
  { sink: 'delete-tree', calls: 'Directory.Delete IO.Directory.Delete', at: [0], language },
  {
    sink: 'address',
    calls:
      '*.GetAsync *.GetStringAsync *.GetByteArrayAsync *.GetStreamAsync *.PostAsync *.PutAsync *.DeleteAsync *.GetFromJsonAsync *.PostAsJsonAsync WebRequest.Create WebRequest.CreateHttp HttpWebRequest.Create *.DownloadString *.DownloadData *.DownloadStringTaskAsync *.DownloadFile *.DownloadFileTaskAsync *.OpenRead RestClient RestRequest',
    at: [0],
    language,
    evidence: 'host',
  },
  { sink: 'address', calls: 'HttpRequestMessage', at: [1], language, evidence: 'host' },
  {
    sink: 'deserialize',
    calls:
      'BinaryFormatter().Deserialize SoapFormatter().Deserialize LosFormatter().Deserialize NetDataContractSerializer().Deserialize ObjectStateFormatter().Deserialize',
    at: [0],
    language,
  },
  { sink: 'log', calls: '*.LogInformation *.LogWarning *.LogError *.LogDebug *.LogCritical *.LogTrace', at: [0, 1], language },
  { sink: 'pattern', calls: 'Regex', at: [0], language },
  { sink: 'pattern', calls: 'Regex.IsMatch Regex.Match Regex.Matches Regex.Replace', at: [1], language },
];
