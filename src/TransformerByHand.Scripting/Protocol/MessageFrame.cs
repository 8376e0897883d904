using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TransformerByHand.Scripting.Protocol;

/// <summary>A message on the wire: its length in four bytes, little-endian, then JSON in UTF-8.</summary>
internal static class MessageFrame
{
    private const int HeaderSize = sizeof(int);

    public static byte[] Encode<T>(T message, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, type);
        byte[] frame = new byte[HeaderSize + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length);
        body.CopyTo(frame, HeaderSize);
        return frame;
    }

    /// <summary>Reads the next message; null when the other side has closed the pipe, also in the middle of a message.</summary>
    public static T? Read<T>(Stream stream, JsonTypeInfo<T> type) where T : class
    {
        byte[] header = new byte[HeaderSize];
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize) return null;
        byte[] body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
        if (stream.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length) return null;
        return JsonSerializer.Deserialize(body, type);
    }
}
