// What the generated types say, exactly: neither more nor less, and neither any
// nor unknown. It is compiled and never run.
import * as closed from "./typed_closed.js";
import * as open from "./typed.js";
import * as empty from "./empty.js";
import type * as problem from "./typed_problem.js";
import type * as chatbase from "./chatbase.js";
import type * as polyai from "./polyai.js";

// Equal is true for identical types only: any and unknown equal no other type.
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function exact<_ extends true>(): void {}

// The details of each keyword.
type Declined = open.ErrorDetails["DECLINED"];
exact<Equal<Declined["reason"], "funds" | "expired" | 7 | null>>();
exact<Equal<Declined["retry"], boolean | undefined>>();
exact<Equal<Declined["limit"], number | null | undefined>>();
exact<Equal<Declined["tags"], ReadonlyArray<string>>>();
exact<Equal<Declined["at"], "now" | undefined>>();
exact<Equal<NonNullable<Declined["counts"]>, { readonly [name: string]: number }>>();
exact<Equal<Declined["either"], string | number | undefined>>();
exact<Equal<Declined["pair"], readonly [string, number] | undefined>>();
exact<Equal<Declined["list"], readonly [string, (boolean)?, ...ReadonlyArray<number>] | undefined>>();
exact<Equal<Declined["odd-name"], string | undefined>>();
exact<Equal<Declined["anything"], unknown>>();
exact<Equal<Declined["never"], undefined>>();
exact<Equal<keyof Declined, "reason" | "retry" | "limit" | "tags" | "at" | "counts" | "either" | "pair" | "list" | "tree" | "odd-name" | "anything" | "never" | "unlisted">>();
exact<Equal<Declined["unlisted"], unknown>>();

// A required member is required, an optional one is absent and not undefined.
const full: Declined = { reason: "funds", tags: [], anything: 1, unlisted: 1 };
// @ts-expect-error tags is absent
const short: Declined = { reason: "funds", unlisted: 1 };
// @ts-expect-error undefined is not absent
const undef: Declined = { reason: "funds", tags: [], unlisted: 1, retry: undefined };
// @ts-expect-error another member
const more: Declined = { reason: "funds", tags: [], unlisted: 1, extra: 1 };
// @ts-expect-error they cannot be changed
full.reason = "expired";
// @ts-expect-error an element cannot be added
full.tags.push("a");

// A reference that contains itself.
type Tree = NonNullable<Declined["tree"]>;
exact<Equal<Tree["value"], string>>();
exact<Equal<NonNullable<Tree["next"]>, Tree>>();
exact<Equal<NonNullable<NonNullable<Tree["next"]>["next"]>["value"], string>>();

// allOf, oneOf, an object that has no members, one without a form.
exact<Equal<open.ErrorDetails["BOTH"]["a"], string>>();
exact<Equal<open.ErrorDetails["BOTH"]["b"], number>>();
declare const one: open.ErrorDetails["EITHER"];
if (one.kind === "card") exact<Equal<typeof one.last4, string>>();
else exact<Equal<typeof one.iban, string>>();
exact<Equal<open.ErrorDetails["NONE"], { readonly [name: string]: never }>>();
exact<Equal<open.ErrorDetails["PLAIN"], open.Details>>();
exact<Equal<open.Details, { readonly [name: string]: unknown }>>();
exact<Equal<open.ErrorDetails["MIXED"]["known"], boolean | undefined>>();
exact<Equal<open.ErrorDetails["MIXED"]["other"], string | boolean | undefined>>();

// Codes and their numbers.
exact<Equal<closed.ErrorCode, "DECLINED" | "BOTH" | "EITHER" | "NONE" | "PLAIN" | "MIXED" | "INVALID" | "BROKEN" | "404">>();
exact<Equal<closed.ErrorIDs["DECLINED"], 7>>();
exact<Equal<closed.ErrorIDs["PLAIN"], undefined>>();
exact<Equal<empty.ErrorCode extends string ? true : false, true>>();

// The union of a closed contract is exhausted by a switch.
function all(error: closed.ApiError): string {
  switch (error.code) {
    case "DECLINED":
      exact<Equal<typeof error.details, closed.ErrorDetails["DECLINED"]>>();
      exact<Equal<typeof error.id, 7>>();
      return String(error.details.reason);
    case "EITHER":
      exact<Equal<typeof error, closed.KnownError<"EITHER">>>();
      return error.details.kind;
    case "BOTH":
    case "NONE":
    case "PLAIN":
    case "MIXED":
    case "INVALID":
    case "BROKEN":
    case "404":
      return error.message;
    default: {
      const nothing: never = error;
      return nothing;
    }
  }
}

// One code less, and it is not.
function some(error: closed.ApiError): string {
  switch (error.code) {
    case "DECLINED":
    case "EITHER":
    case "BOTH":
    case "NONE":
    case "PLAIN":
    case "MIXED":
    case "INVALID":
    case "BROKEN":
      return "";
    default: {
      // @ts-expect-error "404" is left
      const nothing: never = error;
      return nothing;
    }
  }
}

// The union of an open contract is never exhausted, but for the codes that are
// known.
function opened(error: open.ApiError): string {
  switch (error.code) {
    case "DECLINED": case "EITHER": case "BOTH": case "NONE": case "PLAIN": case "MIXED": case "INVALID": case "BROKEN": case "404":
      return "";
    default: {
      // @ts-expect-error an unknown code is left
      const nothing: never = error;
      return String(nothing);
    }
  }
}
function known(error: open.ApiError): open.ErrorCode | undefined {
  if (!error.known) {
    exact<Equal<typeof error, open.UnknownError>>();
    exact<Equal<typeof error.code, string | undefined>>();
    exact<Equal<typeof error.body, unknown>>();
    return undefined;
  }
  exact<Equal<typeof error.code, open.ErrorCode>>();
  return error.code;
}

// isErrorCode narrows to one code, from an error and from anything that is caught.
function narrowed(error: open.ApiError, caught: unknown): void {
  if (open.isErrorCode(error, "DECLINED")) exact<Equal<typeof error, open.KnownError<"DECLINED">>>();
  if (open.isErrorCode(caught, "PLAIN")) exact<Equal<typeof caught.details, open.Details>>();
  if (closed.isApiError(caught)) exact<Equal<typeof caught.code, closed.ErrorCode>>();
  // @ts-expect-error the code is misspelt
  open.isErrorCode(error, "DECLINE");
  // @ts-expect-error an open union has no details before it is narrowed
  error.details;
}

// parseError returns the unknown error of a closed contract beside its union.
async function parsed(response: Response): Promise<void> {
  const error = await closed.parseError(response);
  exact<Equal<typeof error, closed.ApiError | closed.UnknownError>>();
  exact<Equal<typeof error.status, number>>();
  exact<Equal<typeof error.requestId, string | undefined>>();
  exact<Equal<typeof error.retryAfter, number | undefined>>();
  if (error.known) all(error);
  // @ts-expect-error it may be unknown
  else all(error);
  throw error;
}

// The bodies in their real form: nested, with the number, flat for problem details.
type Body = open.ErrorBodies["DECLINED"];
exact<Equal<Body["error"]["code"], "DECLINED">>();
exact<Equal<Body["error"]["id"], 7>>();
exact<Equal<Body["error"]["message"], string>>();
exact<Equal<Body["error"]["details"], open.ErrorDetails["DECLINED"] | undefined>>();
exact<Equal<problem.ErrorBodies["DECLINED"]["code"], "DECLINED">>();
exact<Equal<problem.ErrorBodies["DECLINED"]["status"], number>>();
exact<Equal<problem.ErrorBodies["BOTH"]["instance"], string | undefined>>();
// @ts-expect-error the code has no number
type NoID = open.ErrorBodies["PLAIN"]["error"]["id"];
function body(value: unknown): void {
  if (closed.isErrorBody(value) && value.error.code === "DECLINED") {
    exact<Equal<typeof value.error.code, "DECLINED">>();
  }
  if (open.isErrorBody(value)) exact<Equal<typeof value.error.message, string>>();
}

// Published contracts.
exact<Equal<chatbase.ErrorDetails["VALIDATION_INVALID_BODY"], { readonly [name: string]: string }>>();
exact<Equal<polyai.ErrorIDs["AGENT_NOT_FOUND" & keyof polyai.ErrorIDs], never>>();
exact<Equal<polyai.ErrorIDs["SCHEMA_VALIDATION_FAILED"], polyai.ErrorBodies["SCHEMA_VALIDATION_FAILED"]["error"]["id"]>>();

export { short, undef, more, some, opened, known, narrowed, parsed, body };
export type { NoID };
