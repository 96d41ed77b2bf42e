import express from 'express';
import { answerOf } from './http-iris-tree';
import { tellPort } from './http-port';

/** A common Node server: Express 5, its JSON parser, a route. */
const app = express();
app.use(express.json({ limit: '1mb' }));
app.post('/serve_decision_tree', (request, response) => {
  response.json(answerOf(request.body));
});
const server = app.listen(0, '127.0.0.1', () => tellPort(server));
