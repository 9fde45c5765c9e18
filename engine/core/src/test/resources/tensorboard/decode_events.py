"""Reads a TensorBoard event file with nothing but the standard library, and prints it.

Written from the format's definition, apart from the writer and from the Java decoder:
TensorFlow's record_writer.h, event.proto, summary.proto, tensor.proto. One line an event:

    version STRING
    scalars TAG STEP BITS             float32 as eight hexadecimal digits
    histograms TAG STEP ROWS COUNT    buckets, and the sum of their counts
    images TAG STEP WIDTH HEIGHT SUM  of the grey pixels

A record that is cut off, a wrong checksum or an unknown field ends it with exit code 1.
"""

import struct
import sys
import zlib

POLYNOMIAL = 0x82F63B78  # CRC-32C, reflected


def make_table():
    table = []
    for index in range(256):
        for _ in range(8):
            index = (index >> 1) ^ POLYNOMIAL if index & 1 else index >> 1
        table.append(index)
    return table


TABLE = make_table()


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    position = 0
    while position < len(data):
        length, length_crc = struct.unpack_from("<QI", data, position)
        assert masked_crc(data[position : position + 8]) == length_crc, "length checksum"
        position += 12
        body = data[position : position + length]
        assert len(body) == length, "record cut off"
        (body_crc,) = struct.unpack_from("<I", data, position + length)
        assert masked_crc(body) == body_crc, "data checksum"
        position += length + 4
        yield body


def varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def fields(data):
    """Yields (number, value): int, float or bytes, by wire type."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        kind = key & 7
        if kind == 0:
            value, position = varint(data, position)
        elif kind == 1:
            (value,) = struct.unpack_from("<d", data, position)
            position += 8
        elif kind == 2:
            length, position = varint(data, position)
            value = data[position : position + length]
            assert len(value) == length, "field cut off"
            position += length
        else:
            raise AssertionError("wire type %d" % kind)
        yield key >> 3, value


def message(data, **names):
    """Returns the fields by name; a name that starts with many_ collects a list."""
    numbers = {number: name for name, number in names.items()}
    result = {name: [] for name in names if name.startswith("many_")}
    for number, value in fields(data):
        name = numbers[number]
        if name in result and name.startswith("many_"):
            result[name].append(value)
        else:
            assert name not in result, "field %s twice" % name
            result[name] = value
    return result


def grey_sum(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    position, pixels, width, height = 8, b"", 0, 0
    while position < len(png):
        (length,) = struct.unpack_from(">I", png, position)
        kind = png[position + 4 : position + 8]
        body = png[position + 8 : position + 8 + length]
        (crc,) = struct.unpack_from(">I", png, position + 8 + length)
        assert zlib.crc32(kind + body) == crc, "PNG checksum"
        position += 12 + length
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 0), "8-bit grey expected"
        elif kind == b"IDAT":
            pixels += body
    pixels = zlib.decompress(pixels)
    assert len(pixels) == height * (width + 1), "pixels cut off"
    lines = [pixels[i * (width + 1) : (i + 1) * (width + 1)] for i in range(height)]
    assert all(line[0] == 0 for line in lines), "unfiltered lines expected"
    return width, height, sum(sum(line) for line in lines)


def describe(event):
    if "version" in event:
        return "version " + event["version"].decode()
    (value,) = message(event["summary"], many_value=1)["many_value"]
    value = message(value, tag=1, tensor=8, metadata=9)
    plugin = message(message(value["metadata"], plugin=1)["plugin"], name=1)["name"].decode()
    tensor = message(value["tensor"], dtype=1, shape=2, content=4, many_string=8)
    shape = message(tensor["shape"], many_dim=2)["many_dim"]
    shape = [message(dim, size=1).get("size", 0) for dim in shape]
    if plugin == "scalars":
        assert (tensor["dtype"], shape) == (1, []), "a float32 scalar expected"
        detail = "%08x" % struct.unpack("<I", tensor["content"])
    elif plugin == "histograms":
        assert (tensor["dtype"], shape[1]) == (2, 3), "rows of three doubles expected"
        rows = list(struct.iter_unpack("<3d", tensor["content"]))
        assert len(rows) == shape[0]
        assert all(left < right for left, right, _ in rows)
        detail = "%d %d" % (len(rows), sum(count for _, _, count in rows))
    else:
        assert (plugin, tensor["dtype"], shape) == ("images", 7, [3]), plugin
        width, height, png = tensor["many_string"]
        assert (int(width), int(height)) == grey_sum(png)[:2], "another size"
        detail = "%d %d %d" % grey_sum(png)
    return " ".join([plugin, value["tag"].decode(), str(event.get("step", 0)), detail])


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    for record in records(data):
        print(describe(message(record, wall_time=1, step=2, version=3, summary=5)))


if __name__ == "__main__":
    main(sys.argv[1])
