import type { SinkRow } from '../sinkTable.ts';

const language = 'go';

export const GO_SINKS: readonly SinkRow[] = [
  {
    sink: 'sql',
    calls: '*.Query *.QueryRow *.Exec *.Prepare *.Queryx *.QueryRowx *.MustExec *.NamedExec *.NamedQuery *.Raw *.SimpleQuery',
    at: [0],
    language,
    evidence: 'statement',
  },
  {
    sink: 'sql',
    calls:
      '*.QueryContext *.QueryRowContext *.ExecContext *.PrepareContext *.QueryxContext *.GetContext *.SelectContext *.Query *.QueryRow *.Exec *.Select *.Get',
    at: [1, 2],
    language,
    evidence: 'sql',
  },
  { sink: 'sql', calls: '*.Where *.Or *.Not *.Having *.Joins *.OrderBy *.From', at: [0], language, evidence: 'sql-fragment' },
  { sink: 'sql', calls: '*.Order *.Group *.OrderBy', at: [0], language },
  { sink: 'nosql', calls: '*.Find *.FindOne *.UpdateOne *.DeleteOne *.DeleteMany *.UpdateMany *.Aggregate', at: [1], language },
  { sink: 'command', calls: 'exec.Command syscall.Exec os.StartProcess', at: [0, 1, 2], language, only: 'shell' },
  { sink: 'command', calls: 'exec.Command syscall.Exec os.StartProcess', at: [0], language },
  { sink: 'code', calls: 'plugin.Open otto.New().Run *.RunString *.DoString *.EvalString', at: [0], language },
  {
    sink: 'template',
    calls: 'template.New().Parse texttemplate.New().Parse *.New().Parse *.New().Funcs().Parse template.Must().Parse',
    at: [0],
    language,
  },
  { sink: 'ldap', calls: 'ldap.NewSearchRequest', at: [0, 7], language, evidence: 'filter' },
  {
    sink: 'xpath',
    calls: 'xmlquery.Find xmlquery.FindOne xpath.Compile xmlquery.QueryAll htmlquery.Find',
    at: [0, 1],
    language,
    evidence: 'xpath',
  },
  {
    sink: 'html',
    calls: 'fmt.Fprintf fmt.Fprint fmt.Fprintln io.WriteString *.HTML *.HTMLBlob',
    at: [1, 2],
    language,
    evidence: 'markup',
  },
  { sink: 'html', calls: 'http.ResponseWriter.Write *.SendString', at: [0], language, evidence: 'markup' },
  { sink: 'html', calls: 'template.HTML template.JS template.URL template.HTMLAttr template.CSS', at: [0], language },
  { sink: 'header', calls: '*.Header().Set *.Header().Add gin.Context.Header *.Response().Header().Set fiber.Ctx.Set', at: [1], language },
  { sink: 'redirect', calls: 'http.Redirect', at: [2], language, evidence: 'host' },
  { sink: 'redirect', calls: '*.Redirect', at: [0, 1], language, evidence: 'host' },
  {
    sink: 'path',
    calls:
      'os.Open os.OpenFile os.ReadFile os.WriteFile os.Create os.Remove os.RemoveAll os.Mkdir os.MkdirAll os.ReadDir os.Rename os.Stat os.Lstat os.Chmod ioutil.ReadFile ioutil.WriteFile ioutil.ReadDir *.File *.SendFile *.Attachment *.FileAttachment zip.OpenReader',
    at: [0],
    language,
  },
  { sink: 'path', calls: 'http.ServeFile *.SaveUploadedFile *.SaveFile', at: [1, 2], language },
  { sink: 'path', calls: 'template.ParseFiles os.Rename os.Symlink', at: [0, 1], language },
  { sink: 'delete-tree', calls: 'os.RemoveAll', at: [0], language },
  {
    sink: 'address',
    calls: 'http.Get http.Post http.PostForm http.Head *.Get *.Post *.Head *.PostForm net.Dial',
    at: [0],
    language,
    evidence: 'host',
  },
  { sink: 'address', calls: 'http.NewRequest net.Dial net.DialTimeout', at: [1], language, evidence: 'host' },
  { sink: 'address', calls: 'http.NewRequestWithContext', at: [2], language, evidence: 'host' },
  { sink: 'deserialize', calls: 'gob.NewDecoder', at: [0], language },
  {
    sink: 'log',
    calls:
      'log.Print log.Println log.Printf log.Fatal log.Fatalf logger.Info logger.Infof logger.Warn logger.Warnf logger.Error logger.Errorf logger.Println logger.Printf logrus.Info logrus.Infof logrus.Warnf logrus.Errorf',
    at: [0, 1, 2],
    language,
  },
  { sink: 'pattern', calls: 'regexp.MustCompilePOSIX regexp2.MustCompile regexp2.Compile', at: [0], language },
];
