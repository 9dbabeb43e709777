import java.net.ServerSocket;
import java.net.Socket;

/** A server and its client in one JVM, held open until standard input ends. */
class Loopback {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    try (ServerSocket server = new ServerSocket(port);
        Socket client = new Socket("127.0.0.1", port);
        Socket accepted = server.accept()) {
      System.in.read();
    }
  }
}
