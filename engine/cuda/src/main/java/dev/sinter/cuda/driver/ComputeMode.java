package dev.sinter.cuda.driver;

/** Which processes may use a device; {@code nvidia-smi -c} sets it. */
public enum ComputeMode {
  /** Any number. */
  DEFAULT("default"),

  /** One at a time. */
  EXCLUSIVE("exclusive process"),

  /** None. */
  PROHIBITED("prohibited");

  private final String text;

  ComputeMode(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
