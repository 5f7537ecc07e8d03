import type { CodeSink } from '../../policy/facts.ts';
import { type CodeLanguage, TYPED_LANGUAGES } from './language.ts';

/** What must be seen of a value, besides where it comes from, before it counts. */
export type Evidence =
  | 'statement'
  | 'sql'
  | 'sql-fragment'
  | 'markup'
  | 'host'
  | 'filter'
  | 'xpath'
  | 'tag'
  | 'view'
  | 'shell-line'
  | 'program'
  | 'location'
  | 'page'
  | 'header'
  | 'file'
  | 'sql-or-fragment'
  | 'strong'
  | 'whole'
  | 'remote';

/** Calls that are the same sink, by their dotted names with blanks between. */
export interface SinkRow {
  readonly sink: CodeSink;
  readonly calls: string;
  readonly at?: readonly (number | string)[];
  readonly language?: CodeLanguage | readonly CodeLanguage[];
  readonly evidence?: Evidence;
  readonly only?: string;
  readonly unless?: string;
}

const js = 'javascript';
const py = 'python';
/** PHP and Ruby have rows of their own for these. */
const common: readonly CodeLanguage[] = [js, py, ...TYPED_LANGUAGES];
const FS =
  'readFile readFileSync writeFile writeFileSync appendFile appendFileSync createReadStream createWriteStream unlink unlinkSync rm rmSync rmdir rmdirSync readdir readdirSync open openSync mkdir mkdirSync copyFile copyFileSync rename renameSync symlink readJson readJsonSync outputFile remove removeSync stat statSync lstat lstatSync truncate chmod'
    .split(' ')
    .flatMap((name) => [`fs.${name}`, `fs.promises.${name}`, `fs-extra.${name}`, `*fs.${name}`])
    .join(' ');
const HTTP_PY = [
  'requests',
  'httpx',
  'aiohttp.ClientSession()',
  'requests.Session()',
  'httpx.AsyncClient()',
  'httpx.Client()',
  'session',
  'client',
]
  .flatMap((client) => 'get post put patch delete head options'.split(' ').map((verb) => `${client}.${verb}`))
  .join(' ');
const HTTP_JS = ['axios', 'got', 'needle', 'superagent', 'http', 'https', 'ky', 'request', 'axios.create()', 'node-fetch', 'undici']
  .flatMap((client) => 'get post put patch delete head request fetch stream'.split(' ').map((verb) => `${client}.${verb}`))
  .join(' ');

export const SINK_ROWS: readonly SinkRow[] = [
  // statements
  {
    sink: 'sql',
    calls:
      '*.query *.execute *.executemany *.executescript *.executeQuery *.raw *.unsafe *.queryObject *.queryArray *.read_sql_query *.exec_driver_sql',
    at: [0, 'sql', 'text', 'query', 'statement'],
    language: common,
    evidence: 'statement',
  },
  {
    sink: 'sql',
    calls:
      '*.run *.all *.each *.prepare *.exec *.sql *.fetch *.fetchrow *.fetchval *.get *.one *.any *.none *.manyOrNone *.oneOrNone *.read_sql *.simpleQuery *.scalar *.scalars query execute *.runQuery *.run_query *.executeSql *.execute_sql *.execute_query',
    at: [0, 'sql', 'text', 'query'],
    evidence: 'sql',
  },
  {
    sink: 'sql',
    calls:
      '*.$queryRawUnsafe *.$executeRawUnsafe *.whereRaw *.orderByRaw *.havingRaw *.selectRaw *.joinRaw *.andWhereRaw *.orWhereRaw *.literal *.RawSQL django.db.models.expressions.RawSQL',
    at: [0],
  },
  { sink: 'sql', calls: 'sqlalchemy.text text sqlalchemy.sql.text', at: [0], language: py, evidence: 'sql' },
  { sink: 'sql', calls: '*.where *.andWhere *.orWhere *.having *.extra *.filter *.order_by', at: [0, 'where'], evidence: 'sql-fragment' },
  {
    sink: 'nosql',
    calls:
      '*.find *.findOne *.findOneAndUpdate *.findOneAndDelete *.findOneAndReplace *.updateOne *.updateMany *.deleteOne *.deleteMany *.remove *.countDocuments *.count *.exists *.aggregate *.find_one *.find_one_and_update *.update_one *.delete_one *.delete_many *.update_many *.where',
    at: [0],
    language: common,
  },
  // shells and programs
  {
    sink: 'command',
    calls:
      'child_process.exec child_process.execSync exec execSync execAsync execPromise *.execPromise *.execAsync cp.exec cp.execSync shelljs.exec shell.exec execaCommand execa.command execa.commandSync execa.execaCommand child_process.promises.exec Bun.spawn',
    at: [0],
    language: js,
  },
  {
    sink: 'command',
    calls:
      'child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync spawn spawnSync execa.execa execa execFile',
    at: [0, 1],
    language: js,
    only: 'shell',
  },
  { sink: 'command', calls: 'ssh2.Client().exec *.exec_command ssh.execCommand', at: [0], language: js },
  {
    sink: 'command',
    calls:
      '*.exec_command *.send_command os.system os.popen os.popen2 os.popen3 os.popen4 popen2.popen2 subprocess.getoutput subprocess.getstatusoutput commands.getoutput commands.getstatusoutput asyncio.create_subprocess_shell pexpect.spawn pexpect.run pty.spawn fabric.api.run fabric.api.local *.sudo invoke.run',
    at: [0],
    language: py,
  },
  {
    sink: 'command',
    calls:
      'subprocess.run subprocess.call subprocess.Popen subprocess.check_call subprocess.check_output run Popen call check_output check_call',
    at: [0, 'args'],
    language: py,
    only: 'shell',
  },
  {
    sink: 'command',
    calls: 'os.execl os.execle os.execlp os.execv os.execve os.execvp os.spawnl os.spawnv os.spawnvp os.startfile',
    at: [0, 1],
    language: py,
  },
  // code
  { sink: 'code', calls: 'Function vm.compileFunction', at: [0, 1, 2], language: js },
  {
    sink: 'code',
    calls:
      'eval window.eval globalThis.eval global.eval vm.runInNewContext vm.runInThisContext vm.runInContext vm.Script setTimeout setInterval *.evaluateScript vm2.VM().run *.runInContext safeEval safe-eval static-eval',
    at: [0],
    language: js,
  },
  { sink: 'code', calls: 'require import', at: [0], language: js },
  {
    sink: 'code',
    calls:
      'eval exec compile execfile builtins.eval builtins.exec __import__ importlib.import_module code.interact pandas.eval pd.eval numexpr.evaluate *.runcode *.runsource runpy.run_path',
    at: [0],
    language: py,
  },
  // templates
  {
    sink: 'template',
    calls:
      'flask.render_template_string render_template_string jinja2.Template jinja2.Environment().from_string *.from_string Template django.template.Template mako.template.Template mako.Template tornado.template.Template bottle.template string.Formatter().format',
    at: [0, 'source'],
    language: py,
  },
  {
    sink: 'template',
    calls:
      'ejs.render pug.render pug.compile jade.compile Handlebars.compile handlebars.compile hbs.compile nunjucks.renderString nunjucks.compile lodash.template _.template doT.template dot.template mustache.render Mustache.render eta.renderString *.renderString twig.twig swig.render swig.compile marko.load velocityjs.render',
    at: [0],
    language: js,
  },
  // directories and documents
  {
    sink: 'ldap',
    calls: '*.search *.search_s *.search_ext *.search_st *.search_ext_s *.searchAsync',
    at: [0, 1, 2, 'filter', 'search_filter', 'filterstr'],
    evidence: 'filter',
  },
  {
    sink: 'xpath',
    calls: '*.xpath *.find *.findall *.evaluate *.select *.select1 *.iterfind *.XPath lxml.etree.XPath',
    at: [0],
    language: common,
    evidence: 'xpath',
  },
  {
    sink: 'xml',
    calls:
      'lxml.etree.parse lxml.etree.fromstring lxml.etree.XML xml.sax.parseString xml.sax.parse xml.dom.minidom.parseString xml.dom.minidom.parse xml.dom.pulldom.parseString xml.etree.ElementTree.fromstring xml.etree.ElementTree.parse xml.etree.ElementTree.XML etree.fromstring etree.parse ET.fromstring',
    at: [0],
    language: py,
  },
  { sink: 'xml', calls: 'libxmljs.parseXml libxmljs.parseXmlString libxmljs2.parseXml', at: [0], language: js, only: 'noent' },
  // browsers
  {
    sink: 'html',
    calls: '*.innerHTML= *.outerHTML= document.write document.writeln *.html *.srcdoc= *.append *.prepend *.after *.before',
    at: [0],
    language: js,
    evidence: 'markup',
  },
  { sink: 'html', calls: '*.insertAdjacentHTML *.createContextualFragment', at: [1], language: js },
  { sink: 'html', calls: 'jsx.dangerouslySetInnerHTML', at: ['__html'], language: js },
  {
    sink: 'html',
    calls:
      'res.send res.write res.end response.send response.write response.end reply.send *.send *.end *.write ctx.body= *.html Response NextResponse',
    at: [0],
    language: js,
    evidence: 'markup',
  },
  {
    sink: 'html',
    calls:
      'return flask.make_response make_response flask.Response Response HttpResponse django.http.HttpResponse HTMLResponse fastapi.responses.HTMLResponse starlette.responses.HTMLResponse self.write self.response.write',
    at: [0, 'content', 'response'],
    language: py,
    evidence: 'markup',
  },
  {
    sink: 'html',
    calls: 'flask.Markup Markup markupsafe.Markup mark_safe django.utils.safestring.mark_safe django.utils.safestring.SafeString',
    at: [0],
    language: py,
  },
  { sink: 'header', calls: '*.setHeader *.writeHead res.header res.set response.header response.set reply.header', at: [1], language: js },
  { sink: 'header', calls: '*.send_header', at: [1], language: py },
  {
    sink: 'redirect',
    calls: '*.redirect NextResponse.redirect Response.redirect redirect next/navigation.redirect',
    at: ['last'],
    language: js,
    evidence: 'host',
  },
  {
    sink: 'redirect',
    calls:
      '*.location= *.location.href= location= window.location= location.href= window.location.href= *.location.assign *.location.replace location.assign location.replace window.open',
    at: [0],
    language: js,
    evidence: 'host',
  },
  {
    sink: 'redirect',
    calls:
      'flask.redirect redirect django.shortcuts.redirect HttpResponseRedirect django.http.HttpResponseRedirect RedirectResponse fastapi.responses.RedirectResponse starlette.responses.RedirectResponse self.redirect bottle.redirect *.HTTPFound aiohttp.web.HTTPFound',
    at: [0, 'url', 'location'],
    language: py,
    evidence: 'host',
  },
  // files
  { sink: 'path', calls: FS, at: [0], language: js },
  {
    sink: 'path',
    calls:
      'readFile readFileSync writeFile writeFileSync createReadStream createWriteStream unlink unlinkSync *.sendFile *.sendfile *.download *.mv Deno.readFile Deno.readTextFile Deno.writeFile Deno.remove Bun.file Bun.write',
    at: [0],
    language: js,
  },
  {
    sink: 'path',
    calls:
      'open io.open codecs.open os.open os.remove os.unlink os.rmdir os.listdir os.mkdir os.makedirs os.rename os.chmod os.stat shutil.rmtree shutil.copy shutil.copyfile shutil.move flask.send_file send_file FileResponse fastapi.responses.FileResponse starlette.responses.FileResponse aiofiles.open zipfile.ZipFile tarfile.open gzip.open *.save numpy.load np.load pandas.read_csv pd.read_csv PIL.Image.open Image.open',
    at: [0, 'path', 'file', 'filename_or_fp'],
    language: py,
  },
  {
    sink: 'path',
    calls: '*.read_text *.read_bytes *.write_text *.write_bytes *.unlink *.open *.rmdir *.iterdir',
    at: ['receiver'],
    language: py,
  },
  {
    sink: 'delete-tree',
    calls: 'fs.rm fs.rmSync fs.promises.rm fs.rmdir fs.rmdirSync rm rmSync',
    at: [0],
    language: js,
    only: 'recursive',
  },
  {
    sink: 'delete-tree',
    calls:
      'rimraf rimraf.rimraf rimraf.sync rimrafSync fs-extra.remove fs-extra.removeSync fs-extra.emptyDir fs-extra.emptyDirSync fse.remove fse.removeSync del del.sync',
    at: [0],
    language: js,
  },
  { sink: 'delete-tree', calls: 'shutil.rmtree rmtree', at: [0, 'path'], language: py },
  // other machines
  {
    sink: 'address',
    calls: `fetch axios got needle request superagent node-fetch ${HTTP_JS} *.goto undici.request undici.fetch`,
    at: [0, 'url', 'uri', 'host', 'hostname', 'baseURL'],
    language: js,
    evidence: 'host',
  },
  {
    sink: 'address',
    calls: `${HTTP_PY} urllib.request.urlopen urllib2.urlopen urlopen urllib.urlopen urllib.request.Request urllib.request.urlretrieve httpx.stream http.client.HTTPConnection http.client.HTTPSConnection`,
    at: [0, 'url'],
    language: py,
    evidence: 'host',
  },
  { sink: 'address', calls: 'requests.request httpx.request *.request', at: [1, 'url'], language: py, evidence: 'host' },
  // objects
  {
    sink: 'deserialize',
    calls:
      'pickle.loads pickle.load cPickle.loads _pickle.loads dill.loads dill.load cloudpickle.loads marshal.loads shelve.open jsonpickle.decode yaml.load yaml.unsafe_load yaml.full_load joblib.load pandas.read_pickle torch.load pickle.Unpickler',
    at: [0],
    language: py,
  },
  {
    sink: 'deserialize',
    calls:
      'node-serialize.unserialize serialize.unserialize funcster.deepDeserialize cryo.parse serialize-to-js.deserialize v8.deserialize *.unserialize',
    at: [0],
    language: js,
  },
  { sink: 'property', calls: 'lodash.set _.set lodash.setWith object-path.set dot-prop.set', at: [1], language: js },
  {
    sink: 'property',
    calls:
      'lodash.merge _.merge lodash.mergeWith lodash.defaultsDeep _.defaultsDeep merge deepmerge deepMerge merge-deep deep-extend extend $.extend jQuery.extend hoek.merge',
    at: [0, 1, 2],
    language: js,
  },
  { sink: 'pattern', calls: 'RegExp', at: [0], language: js },
  {
    sink: 'pattern',
    calls: 're.compile re.search re.match re.findall re.sub re.fullmatch re.split re.finditer',
    at: [0, 'pattern'],
    language: py,
  },
];
