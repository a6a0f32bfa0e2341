"""A web process that only says it is well; started as `python -m tests.deployments.fake_web`."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    print("web is up", flush=True)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["OTDEL_WEB_PORT"])), Well).serve_forever()
