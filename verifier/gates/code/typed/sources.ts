import type { CodeSource } from '../../../policy/facts.ts';

/** Dotted names of what somebody else chose, by the declared types and the customs of their frameworks; see `../sources.ts`. */
const SOURCES: readonly (readonly [CodeSource, RegExp])[] = [
  // net/http, gorilla, chi, httprouter
  [
    'request',
    /^http\.Request\.(?:URL|Form|PostForm|MultipartForm|Header|Body|Host|RequestURI|Referer|UserAgent|Cookie|Cookies|FormValue|PostFormValue|FormFile|PathValue|BasicAuth|MultipartReader|GetBody)(?:\(\))?(?:\.|$)|^(?:mux\.Vars|chi\.URLParam|httprouter\.ParamsFromContext)\(\)(?:\.|$)|^httprouter\.Params\.ByName\(\)$/,
  ],
  // gin, echo, fiber, beego, iris, fasthttp
  [
    'request',
    /^(?:gin|echo|fiber|iris|context|beego|app)\.(?:Context|Ctx)\.(?:Query\w*|DefaultQuery|GetQuery\w*|Param|Params|ParamsInt|PostForm\w*|DefaultPostForm|GetPostForm\w*|FormValue|FormFile|MultipartForm|GetHeader|Get|Header|Cookie|Cookies|GetRawData|Body|BodyRaw|BodyParser|QueryParams?|ParamValues|QueryString|(?:Should|Must)?Bind\w*|FullPath|URLParam|PostValue|ReadJSON|RequestCtx)\(\)(?:\.|$)|^(?:gin|echo|context)\.Context\.Request(?:\(\))?\.(?:URL|Form|PostForm|Header|Body|FormValue\(\)|Host|RequestURI|Referer\(\)|Cookie\(\))(?:\.|$)/,
  ],
  // servlets, Spring, JAX-RS, Javalin, Spark, Vert.x
  [
    'request',
    /(?:^|\.)(?:Http)?(?:Servlet)?(?:Request|[rR]eq|request|WebRequest|MultipartHttpServletRequest)\.(?:getParameter\w*|getHeaders?|getHeaderNames|getQueryString|getCookies|getInputStream|getReader|getRequestURI|getRequestURL|getPathInfo|getServletPath|getParts?|getFile\w*|getRemoteUser|getBody|queryParams?|params|queryMap|body|headers|cookie|getParam|getFormAttribute|splat)\(\)(?:\.|$)|(?:^|\.)(?:ctx|context|Context|RoutingContext)\.(?:queryParams?|pathParam|formParams?|body|bodyAsClass|header|cookie|uploadedFile|getBodyAsString|getPathParam|getQueryParam)\(\)(?:\.|$)|^(?:MultipartFile|Part|FileItem)\.(?:getOriginalFilename|getSubmittedFileName|getName|getInputStream|getBytes|getString)\(\)(?:\.|$)/,
  ],
  // ASP.NET and ASP.NET Core
  [
    'request',
    /(?:^|\.)(?:Http)?(?:Request|request|req)(?:Base|Data|Message|Wrapper)?\.(?:Query|Form|QueryString|Params|Headers|Cookies|Body|BodyReader|Path|PathBase|RawUrl|RouteValues|InputStream|Url|UrlReferrer|UserAgent|Files|ServerVariables|ReadFormAsync\(\)|ReadFromJsonAsync\(\)|GetDisplayUrl\(\)|GetEncodedUrl\(\)|Content)(?:\.|$)|^(?:RouteData\.Values|HttpContext\.Request\.\w+)(?:\.|$)|^(?:Http)?(?:Request|request)\.(?!Method|Scheme|Is|Content(?:Type|Length)|HttpMethod|Host|Protocol|getSession|getMethod|getAttribute|getContextPath)\w+$|^IFormFile\.(?:FileName|OpenReadStream\(\))|^I?(?:Form|Query|Header)\w*Collection(?:\.|$)/,
  ],
  [
    'argument',
    /^(?:os\.Args|flag\.(?:String|Arg|Args)\(\)|os\.Stdin|fmt\.(?:Scan|Scanln|Scanf)\(\)|System\.in|System\.console\(\)|Console\.(?:ReadLine|In)|Environment\.GetCommandLineArgs\(\)|JOptionPane\.showInputDialog\(\)|Scanner\(\)\.next(?:Line)?\(\))(?:\.|\(\)|$)|^(?:Scanner|BufferedReader)\(\)\.(?:nextLine|next|readLine)\(\)$/,
  ],
  ['environment', /^(?:os\.(?:Getenv|LookupEnv)|System\.getenv|Environment\.GetEnvironmentVariable)\(\)$/],
  [
    'download',
    /^http\.(?:Get|Post|DefaultClient\.(?:Get|Do)|Client(?:\(\))?\.(?:Get|Do))\(\)\.Body$|^(?:HttpClient|WebClient)(?:\(\))?\.(?:GetStringAsync|GetByteArrayAsync|DownloadString|DownloadData|DownloadStringTaskAsync)\(\)$|^URL\(\)\.(?:openStream|openConnection)\(\)/,
  ],
];

const NAMES =
  /http\.|Request|req|request|Context|Ctx|context|ctx|Collection|RouteData|mux|chi|httprouter|MultipartFile|Part|FileItem|IFormFile|os\.|flag\.|fmt\.Scan|System\.|Console|Environment|JOption|Scanner|BufferedReader|HttpClient|WebClient|URL/;

/** What a dotted name stands for in languages with declared types. */
export function typedSourceOf(name: string): CodeSource | undefined {
  return NAMES.test(name) ? SOURCES.find(([, names]) => names.test(name))?.[0] : undefined;
}

/** Of these one occurs in all Go, Java and C# that reads what others chose or does something with it; without one it is not even parsed. */
export const TYPED_WORDS =
  /\bhttp\.Request\b|\b(?:gin|echo|fiber|iris)\.Context\b|\bfiber\.Ctx\b|\b(?:Http\w*|Multipart\w*)?Request\b|\bgetParameter\b|@(?:RequestParam|PathVariable|RequestBody|RequestHeader|CookieValue|QueryParam|PathParam|FormParam|ModelAttribute)\b|Mapping\b|\bHttp(?:Get|Post|Put|Delete|Patch)\b|\.Map(?:Get|Post|Put|Delete)\(|\bFrom(?:Query|Body|Route|Form)\b|\bControllerBase\b|:\s*Controller\b|\bexec\.Command|\b(?:deleteDirectory|forceDelete|RemoveAll|Directory\.Delete)\(|\b(?:SelectSingleNode|SelectNodes|DirectorySearcher)\b|\b(?:DocumentBuilder|SAXParser|SAXReader|SAXBuilder|XMLInput)\w*\b|\bgetRuntime\b|\bProcessBuilder\b|\bProcess(?:StartInfo|\.Start)\b|\b(?:CommandText|SqlCommand|FromSqlRaw|ExecuteSqlRaw|createQuery|createNativeQuery|executeQuery|executeUpdate|prepareStatement|queryForObject|queryForList)\b|\b(?:text\/)?template\.New\b|\bScriptEngine\b|\bCSharpScript\b|\bos\.Args\b|\bConsole\.ReadLine\b|\bScanner\(/;
