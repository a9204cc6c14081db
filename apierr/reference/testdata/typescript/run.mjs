// Reads requests as lines of JSON, {"module", "call", ...}, in the folder of the
// first argument, and prints the results as lines of JSON.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const folder = pathToFileURL(process.argv[2] + "/");
const stalled = () => new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1 << 16).fill(32)); } });
const bodies = {
  "a body without end": stalled,
  "a body that fails": () => new ReadableStream({ pull(c) { c.error(new Error("cut")); } }),
  "a body that fails midway": () => {
    let n = 0;
    return new ReadableStream({ pull(c) { n++ ? c.error(new Error("cut")) : c.enqueue(new TextEncoder().encode('{"error":{')); } });
  },
  "no body": () => null,
};

async function responseOf({ status = 500, headers = {}, body, special }) {
  if (special === "a body that was read") {
    const response = new Response("{}", { status });
    await response.text();
    return response;
  }
  if (special === "a body that is being read") {
    const response = new Response("{}", { status });
    response.body.getReader();
    return response;
  }
  if (special === "a response without streams") {
    return { status, headers: new Headers(headers), text: async () => Buffer.from(body, "base64").toString() };
  }
  const made = special === undefined ? Buffer.from(body, "base64") : bodies[special]();
  return new Response(made, { status, headers });
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const module = await import(new URL(request.module + ".js", folder));
  let result;
  try {
    if (request.call === "exports") {
      result = { exports: Object.keys(module).sort(), pwned: globalThis.pwned === undefined ? "" : "yes" };
    } else {
      const error = await module.parseError(await responseOf(request));
      const { known, code, status, message, id, details, requestId, correlationId, retryAfter, body } = error;
      result = {
        known, code, status, message, id, details, requestId, correlationId, retryAfter,
        isError: error instanceof Error && error.name === "ApiError",
        isApiError: module.isApiError(error),
        isErrorBody: module.isErrorBody(body),
        isErrorCode: module.isErrorCode(error, request.code ?? code),
        isAnother: module.isErrorCode(error, "ANOTHER"),
        copied: module.isApiError({ ...error }),
        altered: module.isApiError(Object.assign(Object.create(Object.getPrototypeOf(error)), error, { name: "ApiError", code: "ANOTHER" })),
      };
    }
  } catch (error) {
    result = { thrown: String(error) };
  }
  console.log(JSON.stringify(result));
}
