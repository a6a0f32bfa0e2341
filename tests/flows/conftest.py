"""Flows in Prefect's own harness: one server for all of them, with a database of its own that is thrown away."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest


@contextmanager
def untidy() -> Iterator[None]:
    """Let Prefect leave its sockets open (3.8.8 does, whenever a loop ends): what it left is swept up here, unsaid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.fixture(scope="session")
def prefect_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """A Prefect of our own; it takes a while to start, so all tests share it.

    Its threads live on beside the tests that come after, and drop their sockets when they like: those that lead to this
    server, and no others, are passed over there too.
    """
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    with untidy(), prefect_test_harness(server_startup_timeout=120):
        port = urlsplit(str(PREFECT_API_URL.value())).port
        theirs = rf"unclosed <socket.*raddr=\('127\.0\.0\.1', {port}\)"
        request.config.addinivalue_line("filterwarnings", f"ignore:{theirs}:ResourceWarning")
        yield


@pytest.fixture
def prefect(prefect_server: None) -> Iterator[None]:
    """Flows may run here."""
    with untidy():
        yield
