// The one way to the services: Connect protocol, binary, same origin. The session is a cookie the page cannot read.
import { createClient, type Client, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-web';
import type { DescService } from '@bufbuild/protobuf';

// Tells the server that a page of its own sent the request; other origins cannot set it.
const markAsOurs: Interceptor = (next) => (request) => {
  request.header.set('X-Ecg-Client', 'web');
  return next(request);
};

const transport = createConnectTransport({
  baseUrl: typeof location === 'undefined' ? 'http://127.0.0.1' : location.origin,
  useBinaryFormat: true,
  interceptors: [markAsOurs],
});

export function client<T extends DescService>(service: T): Client<T> {
  return createClient(service, transport);
}
