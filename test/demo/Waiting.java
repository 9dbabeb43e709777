import java.net.HttpURLConnection;
import java.net.URI;

/** Asks, and waits without a timeout: the default of HttpURLConnection. A POST, since it would repeat a GET. */
class Waiting {
    public static void main(String[] arguments) throws Exception {
        var connection = (HttpURLConnection) URI.create(arguments[0]).toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try {
            connection.getOutputStream().close();
            System.out.println(connection.getResponseCode());
        } catch (java.io.IOException error) {
            System.err.println(error);
            System.exit(1);
        }
    }
}
