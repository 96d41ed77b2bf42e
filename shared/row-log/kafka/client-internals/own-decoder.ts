import { decodeFetchAnswer } from '../decoding/fetch-answer';
import type { KafkaBroker, KafkaCall } from './cluster';

/** The one version of a fetch that Alder decodes; brokers since 2.3 know it, and kafkajs asks for none above. */
const FETCH_VERSION = 11;

/**
 * The same broker, whose fetches are decoded by Alder, and by kafkajs where Alder finds anything unknown. Connections,
 * retries, errors and timeouts stay kafkajs' own: the new object inherits from the broker and replaces one method.
 */
export function withOwnDecoder(broker: KafkaBroker): KafkaBroker {
  const lookupRequest: KafkaBroker['lookupRequest'] = (apiKey, definition) => {
    const make = broker.lookupRequest(apiKey, definition);
    return (options) => ownDecoded(make(options));
  };
  return Object.create(broker, { lookupRequest: { value: lookupRequest } }) as KafkaBroker;
}

function ownDecoded(call: KafkaCall): KafkaCall {
  const { request, response } = call;
  if (request.apiVersion !== FETCH_VERSION) return call;
  const decode = async (answer: Buffer) => (await decodeFetchAnswer(answer)) ?? response.decode(answer);
  return { ...call, response: { ...response, decode } };
}
