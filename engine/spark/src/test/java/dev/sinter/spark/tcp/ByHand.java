package dev.sinter.spark.tcp;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A caller of an endpoint that is no process of the group, or one that misbehaves. */
final class ByHand implements AutoCloseable {
  private final Socket socket;

  ByHand(String address) throws IOException {
    Address target = Address.parse("test", address);
    socket = new Socket(target.host(), target.port());
    socket.setSoTimeout(20_000);
  }

  ByHand send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends a greeting. */
  ByHand greet(byte[] token, int rank, int size, int peer) throws IOException {
    return send(new Greeting(token, rank, size).to(peer).array());
  }

  /** Sends little-endian numbers. */
  ByHand send(int... numbers) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(numbers);
    return send(bytes.array());
  }

  /** Waits for the greeting of the other side. */
  ByHand awaitGreeting() throws IOException {
    new DataInputStream(socket.getInputStream()).readFully(new byte[52]);
    return this;
  }

  /** Waits for the end of the connection; returns how many bytes came before. */
  int awaitEnd() throws IOException {
    try {
      return socket.getInputStream().readAllBytes().length;
    } catch (java.net.SocketException e) { // reset: the end as well
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
