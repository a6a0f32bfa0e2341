"""Addresses as strangers and redirects give them: read, followed, and pinned to what was checked. Pure."""

import re
from collections.abc import Mapping

import httpx

from integrations.errors import Refused
from models.locale import mark
from models.reason import because

USER_AGENT = "Otdel"
URL_MAX = 2_000
HOST = re.compile(rb"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]+")

BAD_ADDRESS = mark("{url} is not an address of the web. Write it whole, with http:// or https:// in front.")
WITH_SECRET = mark("The address at {host} holds a name or a password. Take them out: files keep no secrets.")
DOWNGRADE = mark("{url} leads from https to {target}, which is not protected. Ask its owner for an https address.")
NO_TARGET = mark("{url} leads on but does not say where to. Open the address in a browser and correct it.")


def parsed(text: str) -> httpx.URL:
    """The address as it can be opened; Refused with what is wrong in it."""
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise Refused(because(BAD_ADDRESS, code="bad_address", url=shown(text))) from error
    if url.userinfo:
        raise Refused(because(WITH_SECRET, code="with_secret", host=url.host))
    if url.scheme not in ("http", "https") or not HOST.fullmatch(url.raw_host) or len(text) > URL_MAX:
        raise Refused(because(BAD_ADDRESS, code="bad_address", url=shown(text)))
    return url.copy_with(fragment=None)


def shown(text: str) -> str:
    """An address as it may be repeated in a message: short, and without a name and a password."""
    return re.sub(r"//[^/@]*@", "//…@", text)[:200]


def onward(answer: httpx.Response, url: httpx.URL) -> httpx.URL:
    """Where an answer leads on to; never from a protected address to an unprotected one."""
    location = answer.headers.get("location", "")
    if not location:
        raise Refused(because(NO_TARGET, code="no_target", url=url))
    try:
        target = parsed(str(url.join(location)))
    except httpx.InvalidURL as error:
        raise Refused(because(NO_TARGET, code="no_target", url=url)) from error
    if url.scheme == "https" and target.scheme == "http":
        raise Refused(because(DOWNGRADE, code="downgrade", url=url, target=target))
    return target


def pinned(url: httpx.URL, address: str, kept: Mapping[str, str]) -> httpx.Request:
    """The request to one address, under the host's own name; no connection is kept for another name to use."""
    headers = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": USER_AGENT,
        "Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        **kept,
    }
    name = {"sni_hostname": url.raw_host.decode("ascii")}
    return httpx.Request("GET", url.copy_with(host=address), headers=headers, extensions=name)
