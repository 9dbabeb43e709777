"""Says again what it is told, on port 8080."""

import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


socketserver.ThreadingTCPServer(("", 8080), Echo).serve_forever()
