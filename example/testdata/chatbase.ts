// The client of chatbase.mjs against the types that reference.TypeScript makes of
// the contract: the compiler checks the codes and the form of the details.
//
//   node chatbase.js BASE_URL API_KEY MESSAGE
import { isErrorCode, parseError } from "./errors.js";

declare const process: { readonly argv: readonly string[] };
const [baseURL = "", apiKey = "", text = ""] = process.argv.slice(2);

async function chat(message: string): Promise<object> {
  const response = await fetch(`${baseURL}/api/v2/agents/YOUR_AGENT_ID/chat`, {
    method: "POST",
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ message }),
  });
  if (response.ok) return { did: "answered", ...((await response.json()) as { readonly text: string }) };

  const error = await parseError(response);
  const { requestId } = error;
  if (isErrorCode(error, "VALIDATION_INVALID_BODY")) {
    const fields: Array<[field: string, message: string]> = Object.entries(error.details);
    return { did: "correct", fields, requestId };
  }
  if (!error.known) return { did: "report", code: error.code, message: error.message, requestId };
  switch (error.code) {
    case "RATE_LIMIT_TOO_MANY_REQUESTS":
      return { did: "wait", seconds: error.retryAfter, requestId };
    case "AUTH_MISSING_API_KEY":
    case "AUTH_INVALID_API_KEY":
    case "AUTH_EXPIRED_API_KEY":
      return { did: "sign in", message: error.message, requestId };
    case "CHAT_CREDITS_EXHAUSTED":
    case "CHAT_AGENT_CREDITS_EXHAUSTED":
      return { did: "upgrade", message: error.message, requestId };
    default:
      return { did: "report", code: error.code, message: error.message, requestId };
  }
}

console.log(JSON.stringify(await chat(text)));
