package dev.sinter.datasets;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP client that limits every wait, including name lookups.
 *
 * <p>The JDK has no time limit for name lookups, and a resolver may take 10 s or more. All hosts
 * are therefore looked up at once, in daemon threads.
 */
final class Connection {
  /** The host cannot be reached; another attempt is useless. */
  static final class Unreachable extends IOException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private final Download.Limits limits;
  private final HttpClient client;
  private final Map<String, Future<InetAddress>> lookups = new HashMap<>();

  /** Starts the name lookups of all mirrors. */
  Connection(List<URI> mirrors, Download.Limits limits) {
    this.limits = limits;
    for (URI mirror : mirrors) {
      lookups.computeIfAbsent(mirror.getHost(), Connection::startLookup);
    }
    client =
        HttpClient.newBuilder()
            .connectTimeout(limits.connect())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  /**
   * Requests a file from byte {@code from} on; returns when the response headers have arrived.
   *
   * @param patience the longest wait
   * @throws Unreachable if the host does not exist or does not accept a connection
   */
  HttpResponse<Flow.Publisher<List<ByteBuffer>>> get(URI address, long from, Duration patience)
      throws IOException, InterruptedException {
    if (!isProxied(address)) {
      awaitLookup(address.getHost(), patience);
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(address).GET();
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    Duration limit = Download.shorter(limits.connect().plus(limits.stall()), patience);
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
        client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofPublisher());
    try {
      return response.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      response.cancel(true);
      throw new HttpTimeoutException("no answer within " + limit.toMillis() + " ms");
    } catch (ExecutionException e) {
      throw explained(e.getCause());
    }
  }

  private IOException explained(@Nullable Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return new Unreachable("no connection within " + limits.connect().toMillis() + " ms", cause);
    }
    if (cause instanceof ConnectException) {
      return new Unreachable("no connection", cause);
    }
    if (cause instanceof SSLException) {
      return new Unreachable("no secure connection (" + cause.getMessage() + ")", cause);
    }
    return new IOException("the connection broke", cause);
  }

  private void awaitLookup(String host, Duration patience)
      throws Unreachable, InterruptedException {
    Duration limit = Download.shorter(limits.connect(), patience);
    try {
      lookups
          .computeIfAbsent(host, Connection::startLookup)
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unreachable("no answer to the name lookup", e);
    } catch (ExecutionException e) {
      throw new Unreachable("unknown host", e.getCause());
    }
  }

  private static Future<InetAddress> startLookup(String host) {
    FutureTask<InetAddress> lookup = new FutureTask<>(() -> InetAddress.getByName(host));
    Thread thread = new Thread(lookup, "sinter-lookup-" + host);
    thread.setDaemon(true);
    thread.start();
    return lookup;
  }

  /** Returns whether the request goes through a proxy, which does the name lookup itself. */
  private static boolean isProxied(URI address) {
    ProxySelector selector = ProxySelector.getDefault();
    return selector != null
        && selector.select(address).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }
}
