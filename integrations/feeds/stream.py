"""The wire of a fetch: ours, with the body handed on as it comes, and the host's name kept beside a checked address."""

from collections.abc import Iterator

import httpcore
import httpx

from integrations.wire import Wire


class Stream(Wire):
    """Connects to the address in the URL; the certificate is judged by `sni_hostname`, the name it was found under."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        name = {"sni_hostname": request.extensions["sni_hostname"]}
        bare = httpcore.Request(request.method, url, headers=request.headers.raw, extensions=name)
        answer = self._pool.handle_request(bare)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
