"""Files that travel between the session and presigned URLs."""

import json
import math
import os
import shutil
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from .places import LARGE

CONCURRENCY = 16
REQUEST_SECONDS = 600


def fetch_files(folder, files, ends=math.inf):
    """Downloads files into a folder by their URLs; `ends` is on the monotonic clock."""

    def fetch(file):
        download(os.path.join(folder, *file["path"].split("/")), file["url"], ends=ends)

    with ThreadPoolExecutor(CONCURRENCY) as pool:
        for _ in pool.map(fetch, files):
            pass


def download(path, url, attempts=3, ends=math.inf):
    """Downloads one file. Session networks are flaky, so it retries."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for attempt in range(1, attempts + 1):
        try:
            _download_once(path, url, ends)
            return
        except OSError as error:
            name = os.path.basename(path)
            if time.monotonic() > ends:
                raise OSError("%s could not be fetched in the time that there was" % name) from error
            refused = 400 <= getattr(error, "code", 500) < 500
            if attempt == attempts or refused:
                raise OSError("%s could not be fetched: %s" % (name, error)) from error
            time.sleep(attempt)


def _download_once(path, url, ends):
    left = max(1, min(REQUEST_SECONDS, ends - time.monotonic()))
    with _request(url, timeout=left) as answer, open(path, "wb") as target:
        for chunk in iter(lambda: answer.read1(1024 * 1024), b""):
            target.write(chunk)
            if time.monotonic() > ends:
                raise OSError("the answer went on")
        whole = answer.headers.get("Content-Length", target.tell())
        if target.tell() != int(whole):  # to urllib, a connection that closes early is an end like any other
            raise OSError("the answer ended after %d of %s bytes" % (target.tell(), whole))


def upload(urls_text):
    """Sends the large outputs of the last item to presigned URLs, then removes them."""
    for path, url in json.loads(urls_text).items():
        source = os.path.join(LARGE, *path.split("/"))
        with open(source, "rb") as content:
            _request(url, data=content, size=os.path.getsize(source)).close()
    shutil.rmtree(LARGE, ignore_errors=True)


def _request(url, data=None, size=None, timeout=REQUEST_SECONDS):
    request = urllib.request.Request(url, data=data, method="GET" if data is None else "PUT")
    if size is not None:
        request.add_header("Content-Length", str(size))
        request.add_header("Content-Type", "application/octet-stream")
    return urllib.request.urlopen(request, timeout=timeout)
