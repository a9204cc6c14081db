// A client of the Avatarium API as its public page on errors describes one:
// three attempts, with a pause that doubles after each 5xx. A status under 500
// throws inside its own try, which swallows it and asks again at once. Only
// the base URL is ours.
//
//   node avatarium.mjs BASE_URL CONVERSATION_ID CONTENT
const [BASE_URL, CONVERSATION_ID, CONTENT] = process.argv.slice(2);
const API_KEY = 'YOUR_API_KEY';
const seen = []; // for the test: the answer to each attempt

async function sendMessage(conversationId, content) {
  const maxRetries = 3;
  for (let attempt = 0; attempt < maxRetries; attempt++) {
    try {
      const response = await fetch(`${BASE_URL}/v1/conversations/${conversationId}/messages`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${API_KEY}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ content }),
      });
      if (response.ok) {
        return await response.json();
      }
      const error = await response.json();
      seen.push([response.status, error.error.code, error.error.message]);
      if (response.status < 500) {
        throw new Error(error.error.message);
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    } catch (err) {
      if (attempt === maxRetries - 1) {
        throw err;
      }
    }
  }
}

let reply, thrown;
try {
  reply = await sendMessage(CONVERSATION_ID, CONTENT);
} catch (err) {
  thrown = err.message;
}
console.log(JSON.stringify({ reply, thrown, seen }));
