import type { SinkRow } from '../sinkTable.ts';

const language = 'java';

export const JAVA_SINKS: readonly SinkRow[] = [
  {
    sink: 'sql',
    calls:
      '*.executeUpdate *.executeLargeUpdate *.addBatch *.prepareStatement *.prepareCall *.createQuery *.createNativeQuery *.createSQLQuery *.queryForObject *.queryForList *.queryForMap *.queryForRowSet *.queryForStream *.batchUpdate *.update *.nativeSQL *.rawQuery *.execSQL *.createStatement',
    at: [0],
    language,
    evidence: 'statement',
  },
  { sink: 'sql', calls: '*.apply *.last *.orderBy *.where', at: [0], language, evidence: 'sql-fragment' },
  { sink: 'nosql', calls: 'BasicQuery BasicDBObject.parse Document.parse', at: [0], language },
  { sink: 'command', calls: 'Runtime.getRuntime().exec *.getRuntime().exec Runtime.exec', at: [0], language },
  { sink: 'command', calls: 'ProcessBuilder ProcessBuilder().command Runtime.getRuntime().exec', at: [0, 1, 2], language, only: 'shell' },
  { sink: 'command', calls: 'ProcessBuilder ProcessBuilder().command', at: [0], language, evidence: 'program' },
  { sink: 'command', calls: 'CommandLine.parse', at: [0], language },
  {
    sink: 'code',
    calls:
      'ScriptEngineManager().getEngineByName().eval *.getEngineByName().eval ScriptEngine.eval GroovyShell().evaluate GroovyShell().parse GroovyShell.evaluate Eval.me Class.forName Interpreter().eval *.parseExpression *.createValueExpression Ognl.getValue Ognl.parseExpression MVEL.eval MVEL.executeExpression JexlBuilder().create().createExpression',
    at: [0],
    language,
  },
  { sink: 'template', calls: 'Velocity.evaluate *.evaluate', at: [3], language },
  { sink: 'template', calls: 'Template', at: [1], language },
  { sink: 'template', calls: 'Template *.compileInline *.getLiteralTemplate', at: [0], language },
  { sink: 'ldap', calls: '*.search *.searchForObject *.find', at: [0, 1], language, evidence: 'filter' },
  { sink: 'xpath', calls: '*.compile *.evaluate *.selectNodes *.selectSingleNode', at: [0], language, evidence: 'xpath' },
  {
    sink: 'xml',
    calls:
      'DocumentBuilderFactory.newInstance().newDocumentBuilder().parse SAXParserFactory.newInstance().newSAXParser().parse SAXBuilder().build SAXReader().read XMLInputFactory.newInstance().createXMLStreamReader XMLInputFactory.newInstance().createXMLEventReader XMLReaderFactory.createXMLReader().parse XMLInputFactory.newFactory().createXMLStreamReader',
    at: [0],
    language,
  },
  {
    sink: 'html',
    calls:
      '*.getWriter().print *.getWriter().println *.getWriter().write *.getWriter().append *.getWriter().printf *.getWriter().format *.getOutputStream().print *.getOutputStream().println *.getOutputStream().write',
    at: [0],
    language,
    evidence: 'markup',
  },
  {
    sink: 'html',
    calls:
      'return ResponseEntity.ok ResponseEntity.ok().body ResponseEntity.ok().contentType().body ResponseEntity Response.ok ctx.html ctx.result',
    at: [0],
    language,
    evidence: 'tag',
  },
  { sink: 'header', calls: '*.setHeader *.addHeader', at: [1], language },
  {
    sink: 'redirect',
    calls: '*.sendRedirect RedirectView *.redirect URI.create Response.seeOther Response.temporaryRedirect',
    at: [0],
    language,
    evidence: 'host',
  },
  { sink: 'redirect', calls: 'return ModelAndView', at: [0], language, evidence: 'view' },
  {
    sink: 'path',
    calls:
      'FileInputStream FileOutputStream FileReader FileWriter RandomAccessFile PrintWriter Files.readAllBytes Files.readString Files.readAllLines Files.lines Files.write Files.writeString Files.newInputStream Files.newOutputStream Files.newBufferedReader Files.newBufferedWriter Files.delete Files.deleteIfExists Files.copy Files.move Files.list Files.walk Files.exists Files.size Files.createFile Files.createDirectories File FileSystemResource FileUtils.readFileToString FileUtils.deleteDirectory UrlResource ZipFile *.transferTo *.getResourceAsStream',
    at: [0],
    language,
  },
  { sink: 'path', calls: 'File Files.copy Files.move', at: [1], language },
  {
    sink: 'delete-tree',
    calls: 'FileUtils.deleteDirectory FileUtils.forceDelete FileUtils.cleanDirectory FileSystemUtils.deleteRecursively',
    at: [0],
    language,
  },
  {
    sink: 'address',
    calls: 'URL().openStream URL().openConnection URL().getContent URI().toURL().openStream URI.create().toURL().openStream',
    at: ['receiver'],
    language,
    evidence: 'host',
  },
  {
    sink: 'address',
    calls:
      '*.getForObject *.getForEntity *.postForObject *.postForEntity *.exchange HttpGet HttpPost HttpPut HttpDelete *.uri HttpRequest.newBuilder HttpRequest.newBuilder().uri Jsoup.connect Request.Get Request.Post Unirest.get Unirest.post *.url Socket',
    at: [0],
    language,
    evidence: 'host',
  },
  {
    sink: 'deserialize',
    calls: 'ObjectInputStream().readObject ObjectInputStream().readUnshared XMLDecoder().readObject',
    at: ['receiver'],
    language,
  },
  {
    sink: 'deserialize',
    calls:
      '*.fromXML ObjectInputStream XMLDecoder Yaml().load Yaml().loadAll SerializationUtils.deserialize JSON.parseObject Kryo().readClassAndObject',
    at: [0],
    language,
  },
  { sink: 'log', calls: '*.info *.warn *.error *.debug *.severe *.warning *.fine *.trace', at: [0], language },
  { sink: 'pattern', calls: 'Pattern.compile Pattern.matches', at: [0], language },
];
