// Emulators of Google and their users for the sign-in program, in a process of their own: one for each path. GET answers with
// the client's credentials and the endpoints; POST with an authorization URL clicks "Allow" and answers with the callback.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { startGoogle } from "@grantkit/emulator";

const emulators = new Map();

const server = createServer(async (request, response) => {
  if (!emulators.has(request.url)) emulators.set(request.url, startGoogle());
  const emulator = await emulators.get(request.url);
  const { clientId, clientSecret, endpoints } = emulator;
  const answer =
    request.method === "POST"
      ? await emulator.authorize(await text(request))
      : JSON.stringify({ clientId, clientSecret, endpoints });
  response.end(answer);
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
