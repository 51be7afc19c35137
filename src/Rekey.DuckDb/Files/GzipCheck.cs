using System.IO.Compression;

namespace Rekey.DuckDb.Files;

/// <summary>Checks whether a gzip file is complete. DuckDB and .NET read a truncated one without an error.</summary>
internal static class GzipCheck
{
    private static readonly byte[] Seal = Guid.NewGuid().ToByteArray();
    private static readonly byte[] PackedSeal = Pack(Seal);

    /// <summary>Returns null if the file is complete, otherwise the defect. It closes the stream.</summary>
    /// <param name="maxBytes">The maximum length, unpacked.</param>
    /// <remarks>
    /// It appends its own member to the file: that is readable only if the previous member ended correctly (RFC 1952 §2.2, also with
    /// several members).
    /// </remarks>
    public static string? Mistake(Stream file, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var unpacked = new GZipStream(new Followed(file, PackedSeal), CompressionMode.Decompress);
            var (buffer, tail, length) = (new byte[1 << 17], new byte[Seal.Length], 0L);
            for (int read; (read = unpacked.Read(buffer)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (length > maxBytes)
                {
                    return $"It unpacks to more than {maxBytes:N0} bytes, as no log does.";
                }

                var kept = Math.Min(read, tail.Length);
                tail.AsSpan(kept).CopyTo(tail);
                buffer.AsSpan(read - kept, kept).CopyTo(tail.AsSpan(tail.Length - kept));
            }

            return length >= Seal.Length && tail.AsSpan().SequenceEqual(Seal)
                ? null
                : "The gzip stream is truncated, or other data follows it.";
        }
        catch (InvalidDataException)
        {
            return "The gzip stream is damaged or truncated.";
        }
    }

    private static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return packed.ToArray();
    }

    /// <summary>A stream with appended bytes.</summary>
    private sealed class Followed(Stream first, byte[] last) : Stream
    {
        private readonly MemoryStream _last = new(last);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => first.Read(buffer) is > 0 and var read ? read : _last.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
