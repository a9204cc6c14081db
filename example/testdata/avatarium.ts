// The client of avatarium.mjs against the types that reference.TypeScript makes of
// the contract.
//
//   node avatarium.js BASE_URL CONVERSATION_ID CONTENT
import { parseError } from "./errors.js";
import type { ApiError, ErrorBodies, UnknownError } from "./errors.js";

declare const process: { readonly argv: readonly string[] };
const [baseURL = "", conversation = "", text = ""] = process.argv.slice(2);
const seen: Array<readonly [status: number, code: string | undefined, message: string]> = []; // for the test: the answer to each attempt

async function sendMessage(conversationId: string, content: string): Promise<unknown> {
  const maxRetries = 3;
  for (let attempt = 0; attempt < maxRetries; attempt++) {
    try {
      const response = await fetch(`${baseURL}/v1/conversations/${conversationId}/messages`, {
        method: "POST",
        headers: { Authorization: "Bearer YOUR_API_KEY", "Content-Type": "application/json" },
        body: JSON.stringify({ content }),
      });
      if (response.ok) return await response.json();
      const error: ApiError | UnknownError = await parseError(response);
      if (error.known) {
        // The body is typed as it was sent.
        const { code, message }: ErrorBodies[typeof error.code]["error"] = error.body.error;
        seen.push([error.status, code, message]);
      }
      if (error.status < 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    } catch (err) {
      if (attempt === maxRetries - 1) throw err;
    }
  }
  return undefined;
}

let reply: unknown;
let thrown: string | undefined;
try {
  reply = await sendMessage(conversation, text);
} catch (err) {
  thrown = err instanceof Error ? err.message : String(err);
}
console.log(JSON.stringify({ reply, thrown, seen }));
