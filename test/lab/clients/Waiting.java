import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Scanner;

/** Asks, and prints the answer as it comes, without a timeout: the default of both of the JDK's clients. */
class Waiting {
    public static void main(String[] arguments) throws Exception {
        var uri = URI.create(arguments[1]);
        var answer = arguments[0].equals("HttpClient") ? byHttpClient(uri) : byUrlConnection(uri);
        var lines = new Scanner(answer);
        while (lines.hasNextLine()) System.out.println(lines.nextLine());
        if (lines.ioException() != null) {
            System.out.println("lost " + lines.ioException().getMessage());
            System.exit(1);
        }
    }

    private static InputStream byUrlConnection(URI uri) throws IOException {
        return ((HttpURLConnection) uri.toURL().openConnection()).getInputStream();
    }

    private static InputStream byHttpClient(URI uri) throws Exception {
        var request = HttpRequest.newBuilder(uri).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofInputStream()).body();
    }
}
