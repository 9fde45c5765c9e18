import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sinter.Fit;
import dev.sinter.Predictor;
import dev.sinter.Sequential;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.Dense;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Trains a network, then answers digits on http://127.0.0.1:8080/digit: a POST of 784 bytes, the
 * pixels of a 28 x 28 picture row by row, white on black.
 *
 * <p>One predictor serves all threads; it needs neither the model nor a lock.
 */
public final class DigitService {
  private static final int PIXELS = 28 * 28;
  private static final int THREADS = 4;

  public static void main(String[] arguments) throws IOException {
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8080;
    Predictor predictor = trained();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newFixedThreadPool(THREADS));
    server.createContext("/digit", exchange -> answer(exchange, predictor));
    server.start();
    System.out.println("listening on port " + server.getAddress().getPort());
  }

  private static Predictor trained() {
    var train = Mnist.load().train().flatten().scale(1 / 255f);
    try (var model = Sequential.of(new Dense(128).relu(), new Dense(10).softmax())) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.fit(train, Fit.epochs(2).batchSize(128));
      return model.predictor(); // lives on after the model is closed
    }
  }

  private static void answer(HttpExchange exchange, Predictor predictor) throws IOException {
    try (exchange) {
      byte[] pixels = exchange.getRequestBody().readNBytes(PIXELS + 1);
      if (!exchange.getRequestMethod().equals("POST") || pixels.length != PIXELS) {
        send(exchange, 400, "expected a POST of " + PIXELS + " bytes\n");
        return;
      }
      float[] row = new float[PIXELS];
      for (int i = 0; i < PIXELS; i++) {
        row[i] = (pixels[i] & 0xFF) / 255f; // as in training
      }
      float[] probabilities = predictor.predict(row);
      int digit = 0;
      for (int i = 1; i < probabilities.length; i++) {
        digit = probabilities[i] > probabilities[digit] ? i : digit;
      }
      send(exchange, 200, digit + " " + probabilities[digit] + "\n");
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
