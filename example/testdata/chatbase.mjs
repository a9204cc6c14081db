// A client of the Chatbase API as its public page on errors describes one:
// it looks at error.code and decides, reads error.message and error.details,
// and the headers x-request-id and Retry-After. Only the base URL is ours.
//
//   node chatbase.mjs BASE_URL API_KEY MESSAGE
const [BASE_URL, API_KEY, MESSAGE] = process.argv.slice(2);

async function chat(message) {
  const response = await fetch(`${BASE_URL}/api/v2/agents/YOUR_AGENT_ID/chat`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ message }),
  });
  if (response.ok) {
    return { did: 'answered', ...(await response.json()) };
  }

  const { error } = await response.json();
  const requestId = response.headers.get('x-request-id');
  switch (error.code) {
    case 'RATE_LIMIT_TOO_MANY_REQUESTS': {
      const seconds = parseInt(response.headers.get('Retry-After'), 10);
      return { did: 'wait', seconds, requestId };
    }
    case 'VALIDATION_INVALID_BODY':
      return { did: 'correct', fields: Object.entries(error.details), requestId };
    case 'AUTH_MISSING_API_KEY':
    case 'AUTH_INVALID_API_KEY':
    case 'AUTH_EXPIRED_API_KEY':
      return { did: 'sign in', message: error.message, requestId };
    case 'CHAT_CREDITS_EXHAUSTED':
    case 'CHAT_AGENT_CREDITS_EXHAUSTED':
      return { did: 'upgrade', message: error.message, requestId };
    default:
      return { did: 'report', code: error.code, message: error.message, requestId };
  }
}

console.log(JSON.stringify(await chat(MESSAGE)));
