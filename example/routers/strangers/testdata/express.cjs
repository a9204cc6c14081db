// A server as many are written: express with its own 404 and its own error
// handler, which shows the stack in development.
const crypto = require("node:crypto");
const express = require("express");

const app = express();
app.use((req, res, next) => {
  res.set("X-Request-Id", crypto.randomUUID());
  next();
});
app.use(express.json({ limit: "1mb" }));
app.get("/healthz", (req, res) => res.json({ ok: true }));
app.get("/private", (req, res) =>
  res.status(401).json({ error: { code: "unauthenticated", message: "Log in first" } }));
app.post("/items", (req, res) => {
  if (typeof req.body?.name !== "string") {
    res.status(400).json({ error: { code: "invalid_item", message: "An item has a name" } });
    return;
  }
  res.json(req.body);
});

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
