import type { Holds } from '../model.ts';

/** Annotations and attributes by which a framework fills a parameter from the request. */
const REQUEST_MARKS =
  /^(?:RequestParam|PathVariable|RequestBody|RequestHeader|CookieValue|RequestPart|ModelAttribute|MatrixVariable|QueryParam|PathParam|FormParam|HeaderParam|CookieParam|BeanParam|QueryValue|Body|Header|From(?:Query|Body|Route|Form|Header)|BindProperty)$/;

/** Marks of functions that answer requests. */
const ROUTE_MARKS =
  /^(?:(?:Get|Post|Put|Delete|Patch|Request|Message|Subscribe)Mapping|Http(?:Get|Post|Put|Delete|Patch|Head|Options)|Route|GET|POST|PUT|DELETE|PATCH|Get|Post|WebMethod|Function|FunctionName)$/;

/** Names of classes whose public methods answer requests. */
const SERVING_BASES = /(?:Controller(?:Base)?|ApiController|PageModel|Hub|ActionSupport)$/;

const NUMBERS =
  /^(?:u?int(?:8|16|32|64)?|float(?:32|64)?|rune|byte|bool|boolean|long|short|ulong|ushort|sbyte|double|float|decimal|char|Integer|Long|Short|Double|Float|Boolean|Character|Byte|BigDecimal|BigInteger|Int(?:16|32|64)|Decimal|UUID|Guid|Date|DateTime|DateTimeOffset|DateOnly|TimeSpan|LocalDate|LocalDateTime|Instant|Duration|OptionalInt|uuid\.UUID|time\.\w+|CancellationToken|Pageable)$/;

/** Types that the program or its framework provides: others choose what is asked of them, not what they are. */
const PROVIDED =
  /^(?:HttpServlet\w+|Servlet\w+|Http(?:Request|Response|Context|Client)\w*|I?(?:Form|Header|Query)\w*Collection|.*(?:Connection|Statement|Context|Session|Client|Template|Manager|Service|Repository|Logger|Writer|Response|Factory|Builder|Configuration|Options|Cipher|Dao|DAO|Provider|Exception|Mapper|Store|Pool|Handler|Validator|Encoder|Engine|Listener|Result|Model|ModelMap|Attributes|Principal|Authentication|DataSource|Driver|Random|Command|Thread|Task|Callback|Consumer|Host|Environment|App|Application|Database|Collection|Registry|Control\w*))$/;

/** A type as its name: without pointers, nullability, lists, type arguments and the package of classes. */
export function typeName(written: string, dotted: boolean): string {
  const plain = written
    .replace(/<.*$/s, '')
    .replace(/^(?:\.\.\.|\*|&|\[\d*\]|\s|chan\b)+/, '')
    .replace(/[?[\]\s]+$/g, '');
  return dotted ? plain : plain.slice(plain.lastIndexOf('.') + 1);
}

export interface ParameterOf {
  readonly name: string;
  readonly type: string;
  readonly marks: readonly string[];
  /** Whether the function answers requests. */
  readonly serves: boolean;
  readonly of: string;
}

export function holdsOf({ name, type, marks, serves, of }: ParameterOf): Holds | undefined {
  if (type === '') return serves ? 'request' : undefined;
  if (NUMBERS.test(type) && type !== 'byte') return { type: name };
  if (marks.some((mark) => REQUEST_MARKS.test(mark))) return 'request';
  // `http.Request`, `sql.DB`: of a package of its own, so none of this file's plain data.
  if (PROVIDED.test(type) || /^\w+\.\w+$/.test(type) || marks.some((mark) => /^(?:FromServices|Autowired|Value|Inject)$/.test(mark)))
    return { type };
  if (serves) return 'request';
  if (of === 'main' || of === 'Main') return 'argument';
  return 'parameter';
}

export function isRoute(marks: readonly string[]): boolean {
  return marks.some((mark) => ROUTE_MARKS.test(mark));
}

export function servesByBase(bases: string): boolean {
  return bases.split(/[\s,:]+/).some((base) => SERVING_BASES.test(base.replace(/<.*/, '')));
}
