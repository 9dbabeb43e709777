import java.net.Socket;

/** Holding ADDRESS COUNT [ADDRESS COUNT]...: connections to port 9000, each until its other end ends it. */
final class Holding {
    public static void main(String[] words) throws Exception {
        for (int index = 0; index < words.length; index += 2)
            for (int count = Integer.parseInt(words[index + 1]); count > 0; count--)
                hold(new Socket(words[index], 9000));
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void hold(Socket socket) {
        new Thread(() -> {
            try (socket) {
                while (socket.getInputStream().read() >= 0);
            } catch (java.io.IOException failure) {
                failure.printStackTrace();
            }
        }).start();
    }
}
