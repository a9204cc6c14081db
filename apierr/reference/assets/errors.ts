
/** A failed request with the body of a declared code. */
export interface KnownError<C extends ErrorCode> extends Error {
  readonly known: true;
  readonly code: C;
  /** The HTTP status. */
  readonly status: number;
/*id*/
  readonly details: ErrorDetails[C];
  /** Names the request. Quote it to support. */
  readonly requestId: string | undefined;
  /** The same for all requests of one operation across services. */
  readonly correlationId: string | undefined;
  /** How many seconds to wait before the next attempt. */
  readonly retryAfter: number | undefined;
  /** The body as it was sent. */
  readonly body: ErrorBodies[C];
}

/** A failed request with a code that is not declared, or with a body that does not have the form of its code. */
export interface UnknownError extends Error {
  readonly known: false;
  /** The code, as far as the body shows one. */
  readonly code: string | undefined;
  /** The HTTP status. */
  readonly status: number;
  /** Names the request. Quote it to support. */
  readonly requestId: string | undefined;
  /** The same for all requests of one operation across services. */
  readonly correlationId: string | undefined;
  /** How many seconds to wait before the next attempt. */
  readonly retryAfter: number | undefined;
  /** The decoded JSON, else the text. */
  readonly body: unknown;
}

/** The error of any declared code. */
type DeclaredError = { readonly [C in ErrorCode]: KnownError<C> }[ErrorCode];

/*union*/

/**
 * Reads the error of a failed response. It never throws: a body that is not of
 * the API, such as a proxy's page, makes an UnknownError, and so does one that
 * is cut or larger than 1 MiB. Reading ends when the fetch is aborted.
 */
export async function parseError(response: Response): Promise<ApiError | UnknownError> {
  const text = await textOf(response);
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // the text itself
  }
  const found = find(body);
  const form = found?.form ?? forms.find((f) => typeof at(body, f.code) === "string") ?? forms[0];
  const code = found?.code ?? at(body, form?.code);
  const message = at(body, form?.message);
  const error = new Error(typeof message === "string" ? message : `HTTP status ${response.status}`);
  error.name = "ApiError";
  return Object.assign(error, {
    known: found !== undefined,
    code: typeof code === "string" ? code : undefined,
    status: response.status,
    ...found?.parts,
    requestId: idOf(response, requestIdHeader) ?? stringAt(body, form?.requestId),
    correlationId: idOf(response, correlationIdHeader) ?? stringAt(body, form?.correlationId),
    retryAfter: secondsOf(response.headers.get("Retry-After")),
    body,
  }) as unknown as ApiError | UnknownError;
}

/** Reports whether a value, such as one that was caught, is an error of this API. */
export function isApiError(value: unknown): value is ApiError {
  try {
    if (!(value instanceof Error) || value.name !== "ApiError") return false;
    const { known, code, status, details, body } = value as Partial<Record<string, unknown>> & Error;
    if (typeof status !== "number") return false;
    const found = find(body);
    if (known === true) return found !== undefined && found.code === code && matches(detailsOf(found.code), details, found.code);
    return open && known === false && (code === undefined || typeof code === "string");
  } catch {
    return false;
  }
}

/** Reports whether a value is the error of a code, and narrows it to that error. */
export function isErrorCode<C extends ErrorCode>(value: unknown, code: C): value is KnownError<C> {
  return isApiError(value) && value.known && value.code === code;
}

/** Reports whether decoded JSON, such as the data of a stream's last event, is the body of an error. */
export function isErrorBody(value: unknown): value is ErrorBody {
  try {
    return find(value) !== undefined || (open && forms.some((f) => f.code !== undefined && matches(f.other, value, undefined)));
  } catch {
    return false;
  }
}

type Path = ReadonlyArray<string | number>;

/** The form of a JSON value. */
type Shape =
  | "unknown" | "never" | "string" | "number" | "boolean"
  | "code" | "id"
  | { readonly is: string | number | boolean | null }
  | { readonly some: readonly Shape[] }
  | { readonly every: readonly Shape[] }
  | { readonly elements: readonly Shape[]; readonly least: number; readonly rest?: Shape }
  | { readonly members: ReadonlyArray<readonly [name: string, shape: Shape, optional?: true]>; readonly rest?: Shape }
  | { readonly ref: string };

/** Where the parts of an error are in a body. */
interface Form {
  readonly code: Path | undefined;
  readonly message: Path | undefined;
  readonly requestId: Path | undefined;
  readonly correlationId: Path | undefined;
  readonly details: Path | undefined;
  /** The members that are not details in the object that has both. */
  readonly own: readonly string[];
  /** Details with a place of their own. */
  readonly picked: ReadonlyArray<readonly [key: string, at: Path]>;
  /** The codes by what is at their place. */
  readonly codes: ReadonlyMap<unknown, readonly [code: ErrorCode, body: number]>;
  readonly bodies: readonly Shape[];
  /** A body with any code. */
  readonly other: Shape;
}

/** What is found in a body of a declared code. */
interface Found {
  readonly form: Form;
  readonly code: ErrorCode;
  readonly parts: { readonly details: unknown; readonly id?: number };
}

function find(body: unknown): Found | undefined {
  try {
    for (const form of forms) {
      const [code, index] = form.codes.get(at(body, form.code)) ?? [];
      const shape = index === undefined ? undefined : form.bodies[index];
      if (code === undefined || shape === undefined || !matches(shape, body, code)) continue;
      const details = detailsAt(body, form);
      if (!matches(detailsOf(code), details, code)) continue;
      const id = ids.get(code);
      return { form, code, parts: id === undefined ? { details } : { details, id } };
    }
  } catch {
    // nested too deep
  }
  return undefined;
}

function detailsOf(code: ErrorCode): Shape {
  return details.get(code) ?? { members: [] };
}

function detailsAt(body: unknown, form: Form): unknown {
  if (form.details !== undefined && form.own.length === 0) return at(body, form.details) ?? {};
  const members: Array<[string, unknown]> = [];
  const object = at(body, form.details);
  if (isObject(object)) members.push(...Object.entries(object).filter(([name]) => !form.own.includes(name)));
  for (const [key, path] of form.picked) {
    const value = at(body, path);
    if (value !== undefined) members.push([key, value]);
  }
  return Object.fromEntries(members);
}

function matches(shape: Shape, value: unknown, code: ErrorCode | undefined): boolean {
  switch (shape) {
    case "unknown":
      return true;
    case "never":
      return false;
    case "string":
    case "number":
    case "boolean":
      return typeof value === shape;
    case "code":
      return code === undefined ? typeof value === "string" : value === code;
    case "id":
      return code === undefined ? typeof value === "number" : value === ids.get(code);
  }
  if ("is" in shape) return value === shape.is;
  if ("some" in shape) return shape.some.some((s) => matches(s, value, code));
  if ("every" in shape) return shape.every.every((s) => matches(s, value, code));
  if ("ref" in shape) return matches(definitions.get(shape.ref) ?? "unknown", value, code);
  if ("elements" in shape) {
    return Array.isArray(value) && value.length >= shape.least &&
      value.every((element, i) => matches(shape.elements[i] ?? shape.rest ?? "never", element, code));
  }
  if (!isObject(value)) return false;
  const names = new Set<string>();
  for (const [name, member, optional] of shape.members) {
    names.add(name);
    if (has(value, name) ? !matches(member, value[name], code) : optional !== true) return false;
  }
  const { rest } = shape;
  return rest === undefined || Object.keys(value).every((name) => names.has(name) || matches(rest, value[name], code));
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function has(value: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(value, name);
}

/** at returns what is at a path of a JSON value. */
function at(value: unknown, path: Path | undefined): unknown {
  if (path === undefined) return undefined;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !has(value, String(step))) return undefined;
    value = (value as { readonly [name: string]: unknown })[step];
  }
  return value;
}

function stringAt(value: unknown, path: Path | undefined): string | undefined {
  const found = at(value, path);
  return typeof found === "string" ? found : undefined;
}

function idOf(response: Response, header: string | undefined): string | undefined {
  return (header === undefined ? null : response.headers.get(header)) ?? undefined;
}

/** secondsOf reads a Retry-After header, RFC 9110 section 10.2.3. */
function secondsOf(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

const maxBody = 1 << 20;

/** textOf returns the body as text: the empty text for one that cannot be read or is too large. */
async function textOf(response: Response): Promise<string> {
  try {
    const reader = response.body?.getReader();
    if (reader === undefined) return await response.text();
    const decoder = new TextDecoder();
    let text = "";
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > maxBody) {
        reader.cancel().catch(() => undefined);
        return "";
      }
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return "";
  }
}
