using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rekey.Core;

namespace Rekey.Ledgers.Segments;

/// <summary>
/// The format of a ledger line and its chain: each line has the SHA-256 of the bytes of the line before, without its line feed.
/// </summary>
public static class LedgerChain
{
    /// <summary>The predecessor's hash in the very first line.</summary>
    public static readonly string Origin = new('0', 64);

    /// <summary>The longest line, in bytes without the line feed. It limits the memory of readers.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <summary>The schema version that this build writes. A line of a higher one is refused, never guessed at.</summary>
    private const int SchemaVersion = 1;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line's bytes, without the line feed.</summary>
    public static byte[] Format(LedgerLine line)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("v", SchemaVersion);
            json.WriteNumber("n", line.Number);
            json.WriteString("at", line.At.UtcDateTime);
            json.WriteString("id", line.Entry.Id);
            json.WriteString("kind", line.Entry.Kind);
            json.WriteString("about", line.Entry.About);
            json.WriteStartObject("facts");
            foreach (var (name, value) in line.Entry.Facts.OrderBy(f => f.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteString("prev", line.Previous);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The maximum length of the entry's line, wherever it is placed.</summary>
    public static int LongestLineOf(LedgerEntry entry) => Format(new(long.MaxValue, DateTimeOffset.MaxValue, entry, Origin)).Length;

    /// <summary>The hash by which the next line names this one.</summary>
    public static string Hash(ReadOnlySpan<byte> line) => Convert.ToHexStringLower(SHA256.HashData(line));

    /// <summary>Reads one line.</summary>
    /// <exception cref="CannotContinueException">It is no ledger line.</exception>
    public static LedgerLine Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.GetProperty("v").GetInt32() > SchemaVersion)
            {
                throw new CannotContinueException(
                    "schema-too-new",
                    "The ledger was written by a later release.",
                    "Run that release, or a later one."
                );
            }

            var facts = root.GetProperty("facts")
                .EnumerateObject()
                .ToDictionary(f => f.Name, f => f.Value.GetString()!, StringComparer.Ordinal);
            return new(
                root.GetProperty("n").GetInt64(),
                root.GetProperty("at").GetDateTimeOffset(),
                new(
                    root.GetProperty("id").GetString()!,
                    root.GetProperty("kind").GetString()!,
                    root.GetProperty("about").GetString()!,
                    facts
                ),
                root.GetProperty("prev").GetString()!
            );
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Broken("a line cannot be read", e);
        }
    }

    /// <summary>The exception for a broken ledger.</summary>
    public static CannotContinueException Broken(string what, Exception? inner = null) =>
        new(
            "ledger-broken",
            $"The ledger's chain is broken: {what}.",
            "Stop Rekey, keep the evidence account as it is, and compare the segments with the last checkpoint. If lines are lost, two "
                + "approvers can accept the ledger: POST /ledger/accept with its last line, and the reason.",
            inner
        );
}
