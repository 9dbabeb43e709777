"""Asks, and prints the answer as it comes, without a timeout: http.client's default."""

import http.client
import sys
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.netloc)
connection.request("GET", f"{url.path}?{url.query}")
try:
    for line in connection.getresponse():
        print(line.decode(), end="", flush=True)
except OSError as error:
    sys.exit(f"lost {error}")
